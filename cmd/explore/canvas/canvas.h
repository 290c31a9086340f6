/* cmd/explore/canvas/canvas.h - a screen as rows of text, each a row of pieces with a look. The terminal shows it; a
 * test reads it as text. Everything put on it is escaped and cut to its width. All zero is a canvas without rows. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

/* Each look has another form without colour, see terminal.c. It never carries a meaning alone: there is always a
 * character for it, too. */
enum explore_look {
	EXPLORE_PLAIN,
	EXPLORE_HEAD,   /* the line at the top */
	EXPLORE_TITLE,  /* of a column, a heading */
	EXPLORE_CURSOR, /* the row that keys act on */
	EXPLORE_ADDED,
	EXPLORE_REMOVED,
	EXPLORE_CHANGED,
	EXPLORE_INCLUDED,
	EXPLORE_EXCLUDED,
	EXPLORE_FAINT, /* of less interest */
};
#define EXPLORE_LOOKS (EXPLORE_FAINT + 1)

#define EXPLORE_SPANS 16
#define EXPLORE_COLUMNS_MAX 1000
#define EXPLORE_ROWS_MAX 1000

struct explore_row {
	struct buf text;
	struct explore_span {
		size_t at;    /* byte of text */
		uint8_t look; /* enum explore_look; up to the next span */
	} spans[EXPLORE_SPANS];
	size_t n_spans, used; /* used: columns */
};

struct explore_canvas {
	size_t columns, n_rows;
	struct explore_row *rows;
};

/* Makes all rows empty. Sizes above the maximum are cut. */
void explore_canvas_clear(struct explore_canvas *c, size_t columns, size_t rows);
/* Appends to a row; what does not fit is cut. A row that the canvas does not have is ignored. The last look stays if
 * the row has too many pieces. */
void explore_canvas_put(struct explore_canvas *c, size_t row, enum explore_look look, const char *s);
void explore_canvas_printf(struct explore_canvas *c, size_t row, enum explore_look look, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* The same with s cut to so many columns, its end kept. */
void explore_canvas_path(struct explore_canvas *c, size_t row, enum explore_look look, const char *s, size_t columns);
/* Appends blanks up to the column. */
void explore_canvas_fill(struct explore_canvas *c, size_t row, enum explore_look look, size_t column);
/* Columns that are left in the row. */
size_t explore_canvas_left(const struct explore_canvas *c, size_t row);
/* The rows as lines, without blanks at their ends. */
void explore_canvas_text(const struct explore_canvas *c, struct buf *out);
void explore_canvas_done(struct explore_canvas *c);
#define CLEANUP_EXPLORE_CANVAS CLEANUP(explore_canvas_done)
