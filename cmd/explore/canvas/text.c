#include "cmd/explore/canvas/text.h"

#include <string.h>
#include <wchar.h>

#define ESCAPED 4 /* columns of "\xNN" */
#define MARKS 3   /* of one character; more would be lost in a cell of the terminal */
#define NARROW 8

/* A text that is read character by character. */
struct reading {
	const char *s, *end;
	size_t marks; /* that the last character has; MARKS = it may not have more */
};

struct piece {
	const char *s;
	size_t n, width;
};

static bool next(struct reading *r, struct piece *out)
{
	if (r->s == r->end)
		return false;
	const size_t n = buf_printable(r->s, (size_t)(r->end - r->s));
	wchar_t c = 0;
	mbstate_t state = {0};
	const bool known = n && mbrtowc(&c, r->s, n, &state) == n;
	const int width = known ? wcwidth(c) : -1;
	*out = (struct piece){r->s, n ? n : 1, ESCAPED};
	if (width > 0) {
		out->width = (size_t)width;
		r->marks = 0;
	} else if (width == 0 && r->marks < MARKS) {
		out->width = 0;
		r->marks++;
	} else {
		out->width = ESCAPED * out->n;
		r->marks = MARKS;
	}
	r->s += out->n;
	return true;
}

static struct reading reading_of(const char *s, size_t n)
{
	return (struct reading){s, s + n, MARKS};
}

static void append(const struct piece *p, struct buf *out)
{
	if (p->width != ESCAPED * p->n)
		buf_append(out, p->s, p->n);
	else
		for (size_t i = 0; i < p->n; i++)
			buf_printf(out, "\\x%02x", (unsigned char)p->s[i]);
}

size_t explore_text_width(const char *s, size_t n)
{
	struct reading r = reading_of(s, n);
	struct piece p;
	size_t width = 0;
	while (next(&r, &p))
		width += p.width;
	return width;
}

size_t explore_text_cut(const char *s, size_t n, size_t columns, struct buf *out)
{
	const bool fits = explore_text_width(s, n) <= columns;
	const size_t room = fits ? columns : columns ? columns - 1 : 0;
	struct reading r = reading_of(s, n);
	struct piece p;
	size_t used = 0;
	while (next(&r, &p) && used + p.width <= room) {
		append(&p, out);
		used += p.width;
	}
	if (!fits && columns) {
		buf_char(out, '>');
		used++;
	}
	return used;
}

size_t explore_text_cut_start(const char *s, size_t n, size_t columns, struct buf *out)
{
	size_t width = explore_text_width(s, n), used = 0;
	struct reading r = reading_of(s, n);
	struct piece p;
	const bool cut = width > columns;
	if (cut) {
		if (!columns)
			return 0;
		buf_char(out, '<');
		used = 1;
		while (width > columns - 1 && next(&r, &p))
			width -= p.width;
	}
	while (next(&r, &p)) {
		if (cut && used == 1 && p.width == 0) /* a mark whose character was cut off */
			continue;
		append(&p, out);
		used += p.width;
	}
	return used;
}

/* The bytes of s (n in all) that go into a line: up to the last blank that fits, or as many characters as fit. */
static size_t line_length(const char *s, size_t n, size_t columns)
{
	struct reading r = reading_of(s, n);
	struct piece p;
	size_t used = 0, blank = 0;
	while (next(&r, &p)) {
		if (*p.s == ' ')
			blank = (size_t)(p.s - s);
		if (used + p.width > columns)
			return blank ? blank : p.s > s ? (size_t)(p.s - s) : p.n;
		used += p.width;
	}
	return n;
}

static void wrap_line(const char *s, size_t n, size_t columns, struct strlist *out)
{
	size_t indent = 0;
	while (indent < n && s[indent] == ' ')
		indent++;
	s += indent;
	n -= indent;
	if (indent > columns - NARROW)
		indent = columns - NARROW;
	const size_t rest = columns - indent;
	do {
		const size_t len = line_length(s, n, rest);
		CLEANUP_BUF struct buf line = {0};
		buf_printf(&line, "%*s", (int)indent, "");
		buf_append(&line, s, len);
		strlist_take(out, buf_steal(&line));
		s += len;
		n -= len;
		while (n && *s == ' ') {
			s++;
			n--;
		}
	} while (n);
}

void explore_text_wrap(const char *text, size_t columns, struct strlist *out)
{
	columns = columns < NARROW ? NARROW : columns;
	for (const char *end; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		wrap_line(text, (size_t)(end - text), columns, out);
	}
}
