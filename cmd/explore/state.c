#include "cmd/explore/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/explore/canvas/layout.h"
#include "cmd/explore/canvas/text.h"

void explore_state_init(struct explore_state *s, const struct explore_model *model, size_t columns, size_t rows)
{
	*s = (struct explore_state){.model = model, .layer = EXPLORE_ALL_LAYERS, .columns = columns, .rows = rows};
	explore_list_init(&s->list, model->tree);
}

bool explore_state_is_text(const struct explore_state *s)
{
	return s->screen == EXPLORE_WHY || s->screen == EXPLORE_HELP;
}

size_t explore_state_page(const struct explore_state *s)
{
	const struct explore_layout layout = explore_layout(s->columns, s->rows);
	const size_t rows = explore_state_is_text(s) ? layout.text : layout.list;
	return rows ? rows : 1;
}

size_t explore_state_count(const struct explore_state *s)
{
	switch (s->screen) {
	case EXPLORE_TREE:
		return s->list.count;
	case EXPLORE_LAYERS:
		return s->model->n_layers + 1;
	default:
		return s->lines.count;
	}
}

const struct view_node *explore_state_node(const struct explore_state *s)
{
	const size_t at = s->cursors[EXPLORE_TREE].at;
	return at < s->list.count ? &s->list.tree->nodes[s->list.rows[at]] : NULL;
}

bool explore_state_has_changes(const struct explore_state *s)
{
	return s->model->compares || s->layer != EXPLORE_ALL_LAYERS;
}

void explore_state_move(struct explore_state *s, size_t to)
{
	struct explore_cursor *c = &s->cursors[s->screen];
	const size_t page = explore_state_page(s), count = explore_state_count(s);
	const size_t last_top = count > page ? count - page : 0;
	if (explore_state_is_text(s)) {
		c->at = c->top = to < last_top ? to : last_top;
		return;
	}
	c->at = to < count ? to : count ? count - 1 : 0;
	if (c->top > c->at)
		c->top = c->at;
	if (c->at >= c->top + page)
		c->top = c->at - page + 1;
	if (c->top > last_top)
		c->top = last_top;
}

static void wrap(struct explore_state *s)
{
	strlist_done(&s->lines);
	explore_text_wrap(s->text.data ? s->text.data : "", s->columns, &s->lines);
}

void explore_state_resize(struct explore_state *s, size_t columns, size_t rows)
{
	s->columns = columns;
	s->rows = rows;
	wrap(s);
	explore_state_move(s, s->cursors[s->screen].at);
}

void explore_state_say(struct explore_state *s, const char *fmt, ...)
{
	va_list ap;
	free(s->message);
	va_start(ap, fmt);
	if (vasprintf(&s->message, fmt, ap) < 0)
		s->message = NULL;
	va_end(ap);
	s->message = mem_must(s->message);
}

void explore_state_page_open(struct explore_state *s, enum explore_screen screen, struct buf *text)
{
	if (!explore_state_is_text(s))
		s->below = s->screen;
	s->screen = screen;
	buf_done(&s->text);
	s->text = *text;
	*text = (struct buf){0};
	wrap(s);
	explore_state_move(s, 0);
}

void explore_state_done(struct explore_state *s)
{
	explore_list_done(&s->list);
	explore_marks_done(&s->marks);
	explore_prompt_close(&s->prompt);
	buf_done(&s->text);
	strlist_done(&s->lines);
	free(s->file);
	free(s->old_filter);
	free(s->message);
	*s = (struct explore_state){0};
}
