#include <string.h>

#include "report/inspect/findings_view.h"

#define COMMAND_WIDTH 60 /* of a layer's command that is shown */

static void escaped(struct buf *b, const char *s)
{
	buf_escape(b, s, strlen(s));
}

static void heading(const struct findings_item *i, struct buf *b)
{
	if (i->rule->kind == FINDINGS_DANGER)
		buf_printf(b, "  %-12s%s", findings_severity_names[i->rule->severity], i->rule->title);
	else
		buf_printf(b, "%9.3f MB  %s", (double)i->bytes / 1e6, i->rule->title);
	buf_printf(b, "  [%s]\n", i->rule->id);
}

static void place(const struct findings_item *i, struct buf *b)
{
	static const char *const nouns[] = {"", "the member ", "the variable ", "the label ", ""};
	if (i->where == FINDINGS_IN_HISTORY)
		buf_printf(b, "step %zu of the history", i->line);
	else if (i->where == FINDINGS_IN_FILES && i->path)
		escaped(b, i->path);
	else if (i->name && i->rule->match != FINDINGS_BY_FACT) {
		buf_str(b, nouns[i->where]);
		escaped(b, i->name);
	}
	if (i->where == FINDINGS_IN_FILES && i->line)
		buf_printf(b, ", line %zu", i->line);
	if (i->count > 1)
		buf_printf(b, "%s%zu %s", i->path ? ", " : "", i->count, i->line ? "times" : "places");
}

static void made_by(const struct findings_item *i, const struct oci_image_config *c, struct buf *b)
{
	if (i->layer == FINDINGS_NO_LAYER)
		return;
	buf_printf(b, "layer %u", i->layer + 1);
	if (i->removed != FINDINGS_NO_LAYER)
		buf_printf(b, ", removed or replaced by layer %u", i->removed + 1);
	const char *by = oci_image_config_created_by(c, i->layer);
	if (*by) {
		buf_str(b, ": ");
		buf_escape(b, by, strnlen(by, COMMAND_WIDTH));
	}
}

static void finding(const struct findings_item *i, const struct oci_image_config *c, struct buf *b)
{
	CLEANUP_BUF struct buf where = {0}, layer = {0};
	heading(i, b);
	place(i, &where);
	made_by(i, c, &layer);
	if (where.len)
		buf_printf(b, "              %s\n", where.data);
	if (layer.len)
		buf_printf(b, "              %s\n", layer.data);
	buf_str(b, "              ");
	escaped(b, i->advice);
	buf_char(b, '\n');
}

static void base(const struct findings_base *base, struct buf *b)
{
	if (!base->source && !base->system)
		return;
	buf_str(b, "\nbase        ");
	escaped(b, base->name ? base->name : base->digest ? base->digest : base->system ? base->system : "not named");
	if (base->layers)
		buf_printf(b, ", %zu layer%s", base->layers, base->layers == 1 ? "" : "s");
	if (base->name && base->digest) {
		buf_str(b, "\n            ");
		escaped(b, base->digest);
	}
	buf_char(b, '\n');
}

static void verdict(const struct findings *f, struct buf *b)
{
	buf_str(b, "\nverdict     ");
	if (f->minimal)
		buf_printf(b, "already minimal: %.3f MB could go", (double)f->fat_bytes / 1e6);
	else
		buf_printf(b, "%.3f MB could go", (double)f->fat_bytes / 1e6);
	buf_printf(b, "; %zu danger%s", f->dangers, f->dangers == 1 ? "" : "s");
	if (f->accepted)
		buf_printf(b, "; %zu accepted", f->accepted);
	buf_char(b, '\n');
}

void report_findings_text(const struct findings *f, const struct oci_image_config *config, struct buf *out)
{
	static const char *const titles[] = {"dangers", "why the image is large"};
	base(&f->base, out);
	for (size_t i = 0; i < f->count; i++) {
		if (!i || f->items[i].rule->kind != f->items[i - 1].rule->kind)
			buf_printf(out, "\n%s\n", titles[f->items[i].rule->kind]);
		finding(&f->items[i], config, out);
	}
	verdict(f, out);
	for (size_t i = 0; i < f->notes.count; i++) {
		buf_str(out, "note        ");
		escaped(out, f->notes.items[i].text);
		buf_char(out, '\n');
	}
}
