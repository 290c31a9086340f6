/* cmd/explore/prompt.h - a line at the bottom of the screen that the user types, or a question that y answers. All
 * zero: nothing is asked. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "cmd/explore/key.h"

enum explore_prompt_kind {
	EXPLORE_PROMPT_NONE,
	EXPLORE_PROMPT_FILTER,  /* part of a name */
	EXPLORE_PROMPT_FILE,    /* the policy file's name */
	EXPLORE_PROMPT_REPLACE, /* whether to replace that file */
	EXPLORE_PROMPT_QUIT,    /* whether to quit without writing the marks */
};

struct explore_prompt {
	enum explore_prompt_kind kind;
	struct buf input;
};

enum explore_answer {
	EXPLORE_ANSWER_OPEN, /* not yet */
	EXPLORE_ANSWER_DONE, /* Enter, or y */
	EXPLORE_ANSWER_NO,   /* Escape, or any key but y */
};

#define EXPLORE_INPUT_MAX 4000 /* bytes; further characters are ignored */

/* input: what is in the line already. */
void explore_prompt_open(struct explore_prompt *p, enum explore_prompt_kind kind, const char *input);
/* The kind stays until _close, so that the caller knows what was answered. */
enum explore_answer explore_prompt_key(struct explore_prompt *p, const struct explore_key *key);
void explore_prompt_close(struct explore_prompt *p);
