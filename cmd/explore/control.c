#include "cmd/explore/control.h"

#include <stdlib.h>

#include "cmd/explore/browse.h"
#include "cmd/explore/pages.h"

/* The keys that move in each list. Returns false for another key. */
static bool move(struct explore_state *s, const struct explore_key *key)
{
	const size_t at = s->cursors[s->screen].at, page = explore_state_page(s);
	const char letter = key->kind == EXPLORE_KEY_TEXT ? key->text[0] : '\0';
	if (key->kind == EXPLORE_KEY_UP || letter == 'k')
		explore_state_move(s, at ? at - 1 : 0);
	else if (key->kind == EXPLORE_KEY_DOWN || letter == 'j')
		explore_state_move(s, at + 1);
	else if (key->kind == EXPLORE_KEY_PAGE_UP)
		explore_state_move(s, at > page ? at - page : 0);
	else if (key->kind == EXPLORE_KEY_PAGE_DOWN)
		explore_state_move(s, at + page);
	else if (key->kind == EXPLORE_KEY_FIRST || letter == 'g')
		explore_state_move(s, 0);
	else if (key->kind == EXPLORE_KEY_LAST || letter == 'G')
		explore_state_move(s, SIZE_MAX / 2);
	else
		return false;
	return true;
}

static enum explore_action quit(struct explore_state *s)
{
	if (!s->marks.changed || !explore_marks_count(&s->marks))
		return EXPLORE_QUIT;
	explore_prompt_open(&s->prompt, EXPLORE_PROMPT_QUIT, "");
	return EXPLORE_STAY;
}

/* The end of a prompt. */
static enum explore_action answer(struct explore_state *s, bool yes)
{
	const enum explore_prompt_kind kind = s->prompt.kind;
	if (kind == EXPLORE_PROMPT_FILTER)
		explore_browse_filter_end(s, yes);
	if (kind == EXPLORE_PROMPT_FILE && yes && s->prompt.input.len) {
		free(s->file);
		s->file = buf_steal(&s->prompt.input);
	} else if (kind == EXPLORE_PROMPT_FILE) {
		yes = false;
	}
	explore_prompt_close(&s->prompt);
	if (!yes)
		return EXPLORE_STAY;
	return kind == EXPLORE_PROMPT_FILE      ? EXPLORE_WRITE
	       : kind == EXPLORE_PROMPT_REPLACE ? EXPLORE_REPLACE
	       : kind == EXPLORE_PROMPT_QUIT    ? EXPLORE_QUIT
						: EXPLORE_STAY;
}

static enum explore_action prompt_key(struct explore_state *s, const struct explore_key *key)
{
	const enum explore_answer a = explore_prompt_key(&s->prompt, key);
	if (a != EXPLORE_ANSWER_OPEN)
		return answer(s, a == EXPLORE_ANSWER_DONE);
	if (s->prompt.kind == EXPLORE_PROMPT_FILTER)
		explore_browse_filter(s, s->prompt.input.data);
	return EXPLORE_STAY;
}

static void ask_for_file(struct explore_state *s)
{
	if (explore_marks_count(&s->marks))
		explore_prompt_open(&s->prompt, EXPLORE_PROMPT_FILE, s->file ? s->file : EXPLORE_POLICY_NAME);
	else
		explore_state_say(s, "No path is marked: i marks one to include, e one to exclude.");
}

enum explore_action explore_control_key(struct explore_state *s, const struct explore_key *key)
{
	const char letter = key->kind == EXPLORE_KEY_TEXT ? key->text[0] : '\0';
	free(steal_ptr(&s->message));
	if (s->prompt.kind)
		return prompt_key(s, key);
	if (move(s, key))
		return EXPLORE_STAY;
	if (letter == 'q' && !explore_state_is_text(s))
		return quit(s);
	if (letter == 'w')
		ask_for_file(s);
	else if (letter == '?' && s->screen != EXPLORE_HELP)
		explore_pages_help(s);
	else if (s->screen == EXPLORE_TREE)
		explore_browse_key(s, key);
	else
		explore_pages_key(s, key);
	return EXPLORE_STAY;
}

void explore_control_written(struct explore_state *s, bool exists, const char *error)
{
	const size_t include = s->marks.counts[EXPLORE_INCLUDE], exclude = s->marks.counts[EXPLORE_EXCLUDE];
	if (error)
		explore_state_say(s, "Not written: %s", error);
	else if (exists)
		explore_prompt_open(&s->prompt, EXPLORE_PROMPT_REPLACE, "");
	else
		explore_state_say(s, "Wrote %s: %zu to include, %zu to exclude.", s->file, include, exclude);
	if (!error && !exists)
		s->marks.changed = false;
}
