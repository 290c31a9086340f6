#include <string.h>

#include "report/report_verify_page.h"

#define SHOWN 12       /* of each sort; more are only counted */
#define SHOWN_TEXT 400 /* bytes of a line */
#define SHOWN_LOG 20   /* lines */
#define INDENT "    "

static void add_line(const char *prefix, const char *s, size_t n, struct buf *out)
{
	bool cut = n > SHOWN_TEXT;
	buf_str(out, prefix);
	buf_escape(out, s, cut ? SHOWN_TEXT : n);
	buf_str(out, cut ? "...\n" : "\n");
}

static void add_lines(const char *prefix, const char *s, struct buf *out)
{
	if (!*s)
		add_line(prefix, "(nothing)", strlen("(nothing)"), out);
	while (*s) {
		size_t n = strcspn(s, "\n");
		add_line(prefix, s, n, out);
		s += n + (s[n] == '\n');
	}
}

static void add_more(size_t count, const char *of_what, struct buf *out)
{
	if (count > SHOWN)
		buf_printf(out, INDENT "and %zu more %s\n", count - SHOWN, of_what);
}

static void add_differences(const struct verify_verdict *v, struct buf *out)
{
	for (size_t i = 0; i < v->n_differences && i < SHOWN; i++) {
		const struct verify_verdict_difference *d = &v->differences[i];
		bool same_place = i > 0 && strcmp(d->where, v->differences[i - 1].where) == 0;
		if (!same_place)
			add_line("", d->where, strlen(d->where), out);
		if (strchr(d->expected, '\n') || strchr(d->got, '\n') || !*d->expected || !*d->got) {
			buf_printf(out, INDENT "%s, the original and then the slim image:\n", d->what);
			add_lines(INDENT "  - ", d->expected, out);
			add_lines(INDENT "  + ", d->got, out);
			continue;
		}
		buf_printf(out, INDENT "%s: ", d->what);
		buf_escape(out, d->got, strlen(d->got));
		add_line(", was ", d->expected, strlen(d->expected), out);
	}
	add_more(v->n_differences, "differences", out);
}

static void add_lookups(const struct verify_verdict *v, struct buf *out)
{
	if (v->n_lookups)
		buf_str(out, "The slim image looked for these, which only the original has:\n");
	for (size_t i = 0; i < v->n_lookups && i < SHOWN; i++) {
		buf_str(out, INDENT "--include ");
		buf_escape(out, v->lookups[i].path, strlen(v->lookups[i].path));
		if (v->lookups[i].program)
			add_line("    for ", v->lookups[i].program, strlen(v->lookups[i].program), out);
		else
			buf_char(out, '\n');
	}
	add_more(v->n_lookups, "paths", out);
	for (size_t i = 0; i < v->left_out.count && i < SHOWN; i++)
		add_line(i ? INDENT : "It also looked for these, which were left out as you said:\n" INDENT,
			 v->left_out.items[i], strlen(v->left_out.items[i]), out);
}

static void add_incomparable(const struct verify_verdict *v, struct buf *out)
{
	if (v->incomparable.count)
		buf_str(out, "These are incomparable, as they differ between runs of the original:\n");
	for (size_t i = 0; i < v->incomparable.count && i < SHOWN; i++)
		add_line(INDENT, v->incomparable.items[i], strlen(v->incomparable.items[i]), out);
	add_more(v->incomparable.count, "values", out);
}

static void add_healed(const struct verify_verdict *v, struct buf *out)
{
	if (!v->n_healed)
		return;
	buf_printf(out, "Added in %u round%s, which was not enough:\n", v->rounds, v->rounds == 1 ? "" : "s");
	for (size_t i = 0; i < v->n_healed && i < SHOWN; i++)
		add_line(INDENT, v->healed[i].path, strlen(v->healed[i].path), out);
	add_more(v->n_healed, "paths", out);
}

static void add_log(const struct verify_verdict *v, struct buf *out)
{
	size_t at = v->log.len, lines = 0;
	while (at > 0 && (lines < SHOWN_LOG || v->log.data[at - 1] != '\n'))
		lines += v->log.data[--at] == '\n';
	if (v->log.len)
		buf_str(out, "The slim image printed (the end of it):\n");
	while (at < v->log.len) {
		const char *end = memchr(v->log.data + at, '\n', v->log.len - at);
		size_t n = end ? (size_t)(end - v->log.data) - at : v->log.len - at;
		add_line("  | ", v->log.data + at, n, out);
		at += n + 1;
	}
}

void report_verify_page(const struct verify_verdict *v, struct buf *out)
{
	add_differences(v, out);
	add_lookups(v, out);
	add_incomparable(v, out);
	add_healed(v, out);
	add_log(v, out);
}
