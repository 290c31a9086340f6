#include "report/terminal/terminal.h"

#include <stdlib.h>
#include <string.h>

#include "report/terminal/next.h"

#define LABEL 12        /* columns of the first column */
#define LEAST_TEXT 30   /* columns of text; lines of a narrower terminal are left to it */
#define ROW (LABEL + 2) /* blanks before a row of a table */
#define BOLD "\033[1m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

static bool is_lead(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* Characters, each of which takes a column: of most scripts that is right. */
static size_t width(const char *s, size_t n)
{
	size_t columns = 0;
	for (size_t i = 0; i < n; i++)
		columns += is_lead(s[i]);
	return columns;
}

/* How many bytes go on a line of so many columns: up to the last blank, or as many as fit. */
static size_t piece(const char *s, size_t n, size_t columns)
{
	size_t end = 0, blank = 0, used = 0;
	for (; end < n; end++) {
		if (s[end] == ' ' && end)
			blank = end;
		if (is_lead(s[end]) && used++ == columns)
			break;
	}
	return end == n ? n : blank ? blank : end;
}

static void add_wrapped(const char *line, size_t n, size_t columns, struct buf *out)
{
	size_t at = n < LABEL ? n : LABEL;
	while (at < n && at < columns / 2 && line[at] == ' ') /* text from outside may begin with more blanks */
		at++;
	const size_t indent = at;
	buf_append(out, line, at);
	for (;;) {
		const size_t taken = piece(line + at, n - at, columns - indent);
		size_t shown = taken;
		while (shown && line[at + shown - 1] == ' ')
			shown--;
		buf_append(out, line + at, shown);
		at += taken;
		while (at < n && line[at] == ' ')
			at++;
		if (at == n)
			break;
		buf_printf(out, "\n%*s", (int)indent, "");
	}
	buf_char(out, '\n');
}

/* ---- rows of a table, which are indented ---- */

static bool is_row(const char *line, size_t n)
{
	return n > ROW && strspn(line, " ") >= ROW;
}

/* By how much the widest row is wider than the terminal. */
static size_t excess(const char *text, size_t columns)
{
	size_t widest = columns;
	for (const char *line = text; line && *line;) {
		const size_t n = strcspn(line, "\n"), w = width(line, n);
		widest = is_row(line, n) && w > widest ? w : widest;
		line += n + (line[n] == '\n');
	}
	return widest - columns;
}

/* Takes so many blanks out of the row's widest gap, but for two. All rows lose as many, so their columns stay in line.
 */
static void squeeze(const char *line, size_t n, size_t less, struct buf *out)
{
	size_t at = 0, gap = 0;
	for (size_t i = strspn(line, " "); i < n; i++) {
		const size_t blanks = strspn(line + i, " ");
		if (blanks > gap) {
			gap = blanks;
			at = i;
		}
		i += blanks ? blanks - 1 : 0;
	}
	less = gap < less + 2 ? (gap > 2 ? gap - 2 : 0) : less;
	buf_append(out, line, at);
	buf_append(out, line + at + less, n - at - less);
}

/* ---- colours ---- */

static bool has_label(const char *line, const char *label)
{
	const size_t n = strlen(label);
	return strncmp(line, label, n) == 0 && (line[n] == ' ' || line[n] == '\n');
}

/* "unpacked  136.0 MB  ->  11.2 MB  -91.7 %": the new size is bold, and the change has the colour of what it means. */
static bool add_sizes(const char *line, size_t n, struct buf *out)
{
	const char *arrow = memmem(line, n, " -> ", 4), *end = line + n;
	if (!arrow || !(has_label(line, "unpacked") || has_label(line, "compressed") || has_label(line, "files")))
		return false;
	const char *size = arrow + 4;
	while (size < end && *size == ' ')
		size++;
	const char *percent = size;
	while (percent < end && *percent != '+' && *percent != '-')
		percent++;
	const char *after = percent;
	while (after > size && after[-1] == ' ')
		after--;
	buf_append(out, line, (size_t)(size - line));
	buf_printf(out, BOLD "%.*s" PLAIN "%.*s", (int)(after - size), size, (int)(percent - after), after);
	const char *colour = strtod(percent, NULL) == 0 ? "" : *percent == '-' ? GREEN : YELLOW;
	if (percent < end)
		buf_printf(out, "%s%.*s%s", colour, (int)(end - percent), percent, *colour ? PLAIN : "");
	buf_char(out, '\n');
	return true;
}

static bool add_coloured(const struct report *r, const char *line, size_t n, struct buf *out)
{
	const char *colour = has_label(line, "result")                         ? BOLD
			     : !has_label(line, "verified") || !r->verify.done ? NULL
			     : r->verify.equal                                 ? GREEN
									       : YELLOW;
	if (add_sizes(line, n, out))
		return true;
	if (!colour || n <= LABEL)
		return false;
	buf_printf(out, "%.*s%s%.*s" PLAIN "\n", LABEL, line, colour, (int)(n - LABEL), line + LABEL);
	return true;
}

void report_terminal_fit(const struct report *r, const struct report_terminal *t, const char *text, struct buf *out)
{
	const size_t less = excess(text, t->columns);
	for (const char *next, *line = text; line && *line; line = next) {
		CLEANUP_BUF struct buf row = {0};
		size_t n = strcspn(line, "\n");
		next = line + n + (line[n] == '\n');
		if (less && is_row(line, n)) {
			squeeze(line, n, less, &row);
			line = row.data;
			n = row.len;
		}
		const bool fits = width(line, n) <= t->columns;
		if (!fits && t->columns >= LABEL + LEAST_TEXT)
			add_wrapped(line, n, t->columns, out);
		else if (!t->colour || !fits || !add_coloured(r, line, n, out))
			buf_printf(out, "%.*s\n", (int)n, line);
	}
}

void report_terminal_text(const struct report *r, const struct report_terminal *t, struct buf *out)
{
	CLEANUP_BUF struct buf text = {0};
	report_text(r, &text);
	report_terminal_next(r, t->report_file, t->page, &text);
	report_terminal_fit(r, t, text.data, out);
}
