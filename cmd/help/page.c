#include "cmd/help/page.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/mem.h"
#include "cmd/streams.h"
#include "cmd/verbs/verbs.h"

#define NARROW 60
#define USUAL 80
#define WIDE 100
#define HELP_AT 30 /* the column of what an option does */
#define FEW 20     /* options: a page shows all of them */

struct page_style page_style_of(int fd)
{
	struct winsize size;
	struct page_style style = {.width = USUAL, .bold = streams_has_colour(fd)};
	if (streams_is_live(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		style.width = size.ws_col < NARROW ? NARROW : size.ws_col > WIDE ? WIDE : size.ws_col;
	return style;
}

static void bold(const struct page_style *style, const char *text, struct buf *out)
{
	buf_printf(out, style->bold ? "\033[1m%s\033[0m" : "%s", text);
}

static void heading(const struct page_style *style, const char *title, struct buf *out)
{
	CLEANUP_FREE char *line = mem_printf("%s:", title);
	buf_char(out, '\n');
	bold(style, line, out);
	buf_char(out, '\n');
}

/* Appends text, broken at its blanks: the first line goes on at column at, the others are indented as far as indent. */
static void wrap(const struct page_style *style, const char *text, size_t at, size_t indent, struct buf *out)
{
	bool first = true;
	for (size_t n; *text; text += n + strspn(text + n, " "), first = false) {
		n = strcspn(text, " ");
		if (!first && at + 1 + n > style->width) {
			buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			buf_char(out, ' ');
			at++;
		}
		buf_append(out, text, n);
		at += n;
	}
	buf_char(out, '\n');
}

static size_t count(const struct option_table *t, bool all)
{
	size_t n = 0;
	for (size_t k = 0; k < t->n; k++)
		for (size_t i = 0; i < t->parts[k].group->n; i++) {
			const struct option_row *row = &t->parts[k].group->rows[i];
			n += row->kind != OPTION_GIVEN && (all || row->common);
		}
	return n;
}

static void option_line(const struct page_style *style, const struct option_row *row, struct buf *out)
{
	CLEANUP_FREE char *letter = row->letter ? mem_printf("-%c, ", row->letter) : mem_strdup("    ");
	CLEANUP_FREE char *name = mem_printf("%s--%s", letter, row->name ? row->name : "");
	CLEANUP_FREE char *value =
	    mem_printf("%s%s", row->value ? option_is_bool(row) ? "=" : " " : "", row->value ? row->value : "");
	CLEANUP_FREE char *text = mem_printf("%s%s", row->help, option_is_list(row) ? " (repeatable)" : "");
	size_t at = 2 + strlen(name) + strlen(value);
	buf_str(out, "  ");
	bold(style, name, out);
	buf_str(out, value);
	if (at + 2 > HELP_AT) {
		buf_char(out, '\n');
		at = 0;
	}
	buf_printf(out, "%*s", (int)(HELP_AT - at), "");
	wrap(style, text, HELP_AT, HELP_AT, out);
}

static void options(const struct option_table *t, bool all, const struct page_style *style, struct buf *out)
{
	for (size_t k = 0; k < t->n; k++) {
		const struct option_group *g = t->parts[k].group;
		bool begun = false;
		for (size_t i = 0; i < g->n; i++) {
			if (g->rows[i].kind == OPTION_GIVEN || !(all || g->rows[i].common))
				continue;
			if (!begun)
				heading(style, g->title, out);
			begun = true;
			option_line(style, &g->rows[i], out);
		}
	}
}

static void examples(const char *const *pairs, const struct page_style *style, struct buf *out)
{
	if (!pairs)
		return;
	heading(style, "Examples", out);
	for (; *pairs; pairs += 2) {
		buf_str(out, "  # ");
		wrap(style, pairs[0], 4, 4, out);
		buf_printf(out, "  %s\n", pairs[1]);
	}
}

/* A line for each form of the arguments, which " | " separates. */
static void usage(const struct command *c, const struct page_style *style, struct buf *out)
{
	bold(style, "Usage:", out);
	for (const char *form = c->args; form;) {
		const char *end = strstr(form, " | ");
		const int n = (int)(end ? (size_t)(end - form) : strlen(form));
		buf_printf(out, "%s slim %s %.*s [OPTIONS]\n", form == c->args ? "" : "      ", c->name, n, form);
		form = end ? end + 3 : NULL;
	}
}

void page_verb(const struct command *c, bool all, const struct page_style *style, struct buf *out)
{
	const size_t n = count(&c->options, true);
	const bool short_page = !all && n > FEW;
	usage(c, style, out);
	buf_char(out, '\n');
	CLEANUP_FREE char *summary = mem_printf("%s.", c->summary);
	wrap(style, summary, 0, 0, out);
	options(&c->options, !short_page, style, out);
	examples(c->examples, style, out);
	buf_char(out, '\n');
	CLEANUP_FREE char *more =
	    short_page ? mem_printf("These are the common options. slim %s --help=all shows all %zu.", c->name, n)
		       : mem_printf("The man page is slim-%s(1).", c->name);
	wrap(style, more, 0, 0, out);
	if (c->docker_slim)
		wrap(style, "slim also takes docker-slim's options for this verb: slim-docker-slim(7).", 0, 0, out);
}

void page_program(const struct page_style *style, struct buf *out)
{
	wrap(style, "slim makes container images small without breaking them.", 0, 0, out);
	buf_char(out, '\n');
	bold(style, "Usage:", out);
	buf_str(out, " slim VERB [OPTIONS] ARGUMENTS\n");
	heading(style, "Verbs", out);
	for (size_t i = 0; i < verbs_count; i++) {
		buf_str(out, "  ");
		bold(style, verbs_table[i]->name, out);
		buf_printf(out, "%*s", (int)(10 - strlen(verbs_table[i]->name)), "");
		wrap(style, verbs_table[i]->summary, 12, 12, out);
	}
	static const char *const pairs[] = {
	    "Make an image small; the result is called nginx.slim:1.25.",
	    "slim build nginx:1.25",
	    "List the options of a verb.",
	    "slim help build",
	    NULL,
	};
	examples(pairs, style, out);
	heading(style, "Exit status", out);
	static const char *const codes[] = {"done", "failed", "wrong usage",
					    "not proven: the result differs, or the exercise failed",
					    "a gate such as --max-size failed"};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		buf_printf(out, "  %zu  %s\n", i, codes[i]);
}
