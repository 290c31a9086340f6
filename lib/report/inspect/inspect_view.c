#include "report/inspect/inspect_view.h"

#include <inttypes.h>
#include <string.h>

#include "report/inspect/findings_view.h"

#define COMMAND_WIDTH 60 /* of a layer's command that is shown */
#define TEXT_ROWS 10     /* of each list */
#define ROW_LEAST 500    /* bytes: less is shown as 0.000 MB */

static void text_line(struct buf *b, const char *label, const char *value)
{
	buf_printf(b, "%-12s", label);
	buf_escape(b, value, strlen(value));
	buf_char(b, '\n');
}

static void words_line(struct buf *b, const char *label, const struct strlist *words)
{
	for (size_t i = 0; i < words->count; i++)
		text_line(b, i ? "" : label, words->items[i]);
}

static bool is_compressed(const struct oci_manifest *m)
{
	enum oci_compression c = OCI_COMPRESSION_NONE;
	for (size_t i = 0; i < m->n_layers; i++)
		if (oci_layer_compression(m->layers[i].media_type, &c, NULL) < 0 || c != OCI_COMPRESSION_NONE)
			return true;
	return false;
}

static double mb(uint64_t bytes)
{
	return (double)bytes / 1e6;
}

static void made_by(const struct oci_image_config *c, size_t layer, struct buf *b)
{
	const char *by = oci_image_config_created_by(c, layer);
	buf_escape(b, by, strnlen(by, COMMAND_WIDTH));
	buf_char(b, '\n');
}

static void layer_sizes(const struct report_inspect_view *v, struct buf *b)
{
	const struct oci_manifest *m = v->manifest;
	uint64_t total = 0;
	buf_str(b, "layers\n");
	for (size_t i = 0; i < m->n_layers; i++) {
		total += m->layers[i].size;
		buf_printf(b, "  %2zu  %10.3f MB  %.19s  ", i + 1, mb(m->layers[i].size), m->layers[i].digest.text);
		made_by(v->config, i, b);
	}
	if (total)
		buf_printf(b, "  all %10.3f MB %scompressed\n", mb(total), is_compressed(m) ? "" : "un");
}

/* A line for each layer: what it adds, changes and removes, in MB, and the size of its blob. */
static void layer_contents(const struct report_inspect_view *v, struct buf *b)
{
	const struct oci_manifest *m = v->manifest;
	const struct inspect_history *h = v->history;
	uint64_t total = 0;
	buf_printf(b, "\n%-8s %10s %10s %10s %10s  made by\n", "layer", is_compressed(m) ? "compressed" : "blob",
		   "adds", "changes", "removes");
	for (size_t i = 0; i < m->n_layers; i++) {
		total += m->layers[i].size;
		buf_printf(b, "%-8zu %10.3f", i + 1, mb(m->layers[i].size));
		for (int c = 0; c < INSPECT_CHANGES; c++)
			if (h->layers[i][c].paths)
				buf_printf(b, " %10.3f", mb(h->layers[i][c].bytes));
			else
				buf_printf(b, " %10s", "-");
		buf_str(b, "  ");
		made_by(v->config, i, b);
	}
	buf_printf(b, "%-8s %10.3f %10.3f MB in all layers, %.3f MB in the image\n", "all", mb(total), mb(h->total),
		   mb(h->final));
	buf_printf(b, "efficiency %.1f %%: %.3f MB of the layers are replaced or removed by later ones\n",
		   100 * inspect_history_efficiency(h), mb(h->total - h->final));
}

static void rows(struct buf *b, const char *title, const struct inspect_rows *list, const char *unit)
{
	if (!list->count)
		return;
	buf_printf(b, "\n%s\n", title);
	for (size_t i = 0; i < list->count && i < TEXT_ROWS; i++) {
		const struct inspect_row *r = &list->items[i];
		if (r->bytes < ROW_LEAST && list->items[0].bytes >= ROW_LEAST)
			break;
		buf_printf(b, "%12.3f MB  ", mb(r->bytes));
		buf_escape(b, r->name, strlen(r->name));
		if (unit)
			buf_printf(b, "  (%zu %s%s)", r->count, unit, r->count == 1 ? "" : "s");
		buf_char(b, '\n');
	}
}

static void figures(const struct report_inspect_view *v, struct buf *b)
{
	const struct inspect_figures *f = v->figures;
	rows(b, "wasted, most first: replaced or removed by a later layer", &f->wasted, "layer");
	rows(b, "largest directories", &f->directories, "file");
	rows(b, "largest packages", &f->packages, "file");
	rows(b, "largest files", &f->files, NULL);
	rows(b, "same content under several names, all but one", &f->duplicates, "name");
}

void report_inspect_view_text(const struct report_inspect_view *v, struct buf *b)
{
	const struct oci_manifest *m = v->manifest;
	const struct oci_image_config *c = v->config;
	char platform[OCI_PLATFORM_TEXT];
	text_line(b, "image", v->reference);
	if (v->digest->text[0]) /* an engine or a docker-archive has none */
		text_line(b, "digest", v->digest->text);
	else
		text_line(b, "image ID", m->config.digest.text);
	text_line(b, "platform", oci_platform_text(&c->platform, platform));
	text_line(b, "user", *c->user ? c->user : "root");
	text_line(b, "workdir", *c->working_dir ? c->working_dir : "/");
	words_line(b, "entrypoint", &c->entrypoint);
	words_line(b, "cmd", &c->cmd);
	words_line(b, "env", &c->env);
	words_line(b, "volume", &c->volumes);
	for (size_t i = 0; i < c->n_ports; i++)
		buf_printf(b, "%-12s%u/%s\n", i ? "" : "port", c->ports[i].number, c->ports[i].udp ? "udp" : "tcp");
	if (v->history)
		layer_contents(v, b);
	else
		layer_sizes(v, b);
	if (v->figures)
		figures(v, b);
	if (v->findings)
		report_findings_text(v->findings, c, b);
	if (v->gates) {
		buf_char(b, '\n');
		report_gates_text(v->gates, b);
	}
}
