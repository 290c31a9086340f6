#include "cmd/explore/canvas/canvas.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/explore/canvas/text.h"

void explore_canvas_clear(struct explore_canvas *c, size_t columns, size_t rows)
{
	explore_canvas_done(c);
	c->columns = columns < EXPLORE_COLUMNS_MAX ? columns : EXPLORE_COLUMNS_MAX;
	c->n_rows = rows < EXPLORE_ROWS_MAX ? rows : EXPLORE_ROWS_MAX;
	c->rows = mem_calloc(c->n_rows, sizeof(*c->rows));
}

static struct explore_row *row_of(struct explore_canvas *c, size_t row, enum explore_look look)
{
	if (row >= c->n_rows)
		return NULL;
	struct explore_row *r = &c->rows[row];
	if (r->n_spans && r->spans[r->n_spans - 1].look == look)
		return r;
	if (r->n_spans < EXPLORE_SPANS)
		r->spans[r->n_spans++] = (struct explore_span){r->text.len, (uint8_t)look};
	return r;
}

void explore_canvas_put(struct explore_canvas *c, size_t row, enum explore_look look, const char *s)
{
	struct explore_row *r = row_of(c, row, look);
	if (r)
		r->used += explore_text_cut(s, strlen(s), c->columns - r->used, &r->text);
}

void explore_canvas_printf(struct explore_canvas *c, size_t row, enum explore_look look, const char *fmt, ...)
{
	va_list ap;
	CLEANUP_FREE char *text = NULL;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	explore_canvas_put(c, row, look, mem_must(text));
}

void explore_canvas_path(struct explore_canvas *c, size_t row, enum explore_look look, const char *s, size_t columns)
{
	struct explore_row *r = row_of(c, row, look);
	const size_t left = explore_canvas_left(c, row);
	if (r)
		r->used += explore_text_cut_start(s, strlen(s), columns < left ? columns : left, &r->text);
}

void explore_canvas_fill(struct explore_canvas *c, size_t row, enum explore_look look, size_t column)
{
	struct explore_row *r = row_of(c, row, look);
	for (; r && r->used < column && r->used < c->columns; r->used++)
		buf_char(&r->text, ' ');
}

size_t explore_canvas_left(const struct explore_canvas *c, size_t row)
{
	return row < c->n_rows ? c->columns - c->rows[row].used : 0;
}

void explore_canvas_text(const struct explore_canvas *c, struct buf *out)
{
	for (size_t i = 0; i < c->n_rows; i++) {
		size_t n = c->rows[i].text.len;
		while (n && c->rows[i].text.data[n - 1] == ' ')
			n--;
		buf_append(out, c->rows[i].text.data, n);
		buf_char(out, '\n');
	}
}

void explore_canvas_done(struct explore_canvas *c)
{
	for (size_t i = 0; i < c->n_rows; i++)
		buf_done(&c->rows[i].text);
	free(c->rows);
	*c = (struct explore_canvas){0};
}
