#include "cmd/explore/prompt.h"

#include <string.h>

void explore_prompt_open(struct explore_prompt *p, enum explore_prompt_kind kind, const char *input)
{
	explore_prompt_close(p);
	p->kind = kind;
	buf_str(&p->input, input);
}

static bool is_question(const struct explore_prompt *p)
{
	return p->kind == EXPLORE_PROMPT_REPLACE || p->kind == EXPLORE_PROMPT_QUIT;
}

/* The last character, with all its bytes. */
static void rub_out(struct buf *b)
{
	while (b->len && ((unsigned char)b->data[--b->len] & 0xc0) == 0x80)
		;
	b->data[b->len] = '\0';
}

static void clear(struct buf *b)
{
	b->len = 0;
	b->data[0] = '\0';
}

enum explore_answer explore_prompt_key(struct explore_prompt *p, const struct explore_key *key)
{
	if (is_question(p))
		return strcmp(key->text, "y") == 0 ? EXPLORE_ANSWER_DONE : EXPLORE_ANSWER_NO;
	switch (key->kind) {
	case EXPLORE_KEY_ENTER:
		return EXPLORE_ANSWER_DONE;
	case EXPLORE_KEY_ESCAPE:
		return EXPLORE_ANSWER_NO;
	case EXPLORE_KEY_BACK:
		rub_out(&p->input);
		return EXPLORE_ANSWER_OPEN;
	case EXPLORE_KEY_TEXT:
		if (strcmp(key->text, "\x15") == 0) /* Ctrl-U */
			clear(&p->input);
		else if (buf_printable(key->text, strlen(key->text)) && p->input.len < EXPLORE_INPUT_MAX)
			buf_str(&p->input, key->text);
		return EXPLORE_ANSWER_OPEN;
	default:
		return EXPLORE_ANSWER_OPEN;
	}
}

void explore_prompt_close(struct explore_prompt *p)
{
	buf_done(&p->input);
	*p = (struct explore_prompt){0};
}
