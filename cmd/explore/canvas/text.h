/* cmd/explore/canvas/text.h - texts of any origin in columns of a terminal: escaped as by buf_escape, with characters
 * that take two columns and marks that take none. A text is never cut inside a character. */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/strlist.h"

/* The columns that the n bytes take. */
size_t explore_text_width(const char *s, size_t n);
/* Appends what fits into so many columns, and returns the columns used. A text that was cut ends with ">". */
size_t explore_text_cut(const char *s, size_t n, size_t columns, struct buf *out);
/* The same, but keeps the end: a text that was cut begins with "<". */
size_t explore_text_cut_start(const char *s, size_t n, size_t columns, struct buf *out);
/* Appends the lines of text, each broken at blanks into lines of at most so many columns (at least 8). Further lines
 * are indented as the first is. */
void explore_text_wrap(const char *text, size_t columns, struct strlist *out);
