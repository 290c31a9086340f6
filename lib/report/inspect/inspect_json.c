#include <string.h>

#include "report/inspect/findings_view.h"
#include "report/inspect/inspect_view.h"
#include "text/json.h"

static json_t *integer(uint64_t n)
{
	return json_integer((json_int_t)n);
}

/* "added": {"paths": N, "bytes": N}, ... */
static void set_changes(json_t *layer, const struct inspect_sum changes[INSPECT_CHANGES])
{
	for (int c = 0; c < INSPECT_CHANGES; c++)
		json_object_set_new(
		    layer, inspect_change_names[c],
		    json_pack("{s:o, s:o}", "paths", integer(changes[c].paths), "bytes", integer(changes[c].bytes)));
}

static json_t *layers_json(const struct report_inspect_view *v)
{
	const struct oci_manifest *m = v->manifest;
	json_t *layers = json_array();
	for (size_t i = 0; i < m->n_layers; i++) {
		json_t *layer =
		    json_pack("{s:s, s:s, s:s, s:o, s:s}", "digest", m->layers[i].digest.text, "diff_id",
			      v->config->diff_ids[i].text, "media_type", m->layers[i].media_type, "compressed_bytes",
			      integer(m->layers[i].size), "created_by", oci_image_config_created_by(v->config, i));
		if (v->history)
			set_changes(layer, v->history->layers[i]);
		json_array_append_new(layers, layer);
	}
	return layers;
}

static json_t *rows_json(const struct inspect_rows *rows, const char *name, const char *count, bool layer)
{
	json_t *list = json_array();
	for (size_t i = 0; i < rows->count; i++) {
		const struct inspect_row *r = &rows->items[i];
		json_t *o =
		    json_pack("{s:o, s:o}", name, json_bytes(r->name, strlen(r->name)), "bytes", integer(r->bytes));
		if (count)
			json_object_set_new(o, count, integer(r->count));
		if (layer)
			json_object_set_new(o, "layer", integer(r->layer + 1));
		json_array_append_new(list, o);
	}
	return list;
}

static void set_history(json_t *root, const struct report_inspect_view *v)
{
	const struct inspect_history *h = v->history;
	const struct inspect_figures *f = v->figures;
	json_object_set_new(root, "bytes", integer(h->final));
	json_object_set_new(root, "layers_bytes", integer(h->total));
	json_object_set_new(root, "wasted_bytes", integer(h->total - h->final));
	json_object_set_new(root, "efficiency", json_real(inspect_history_efficiency(h)));
	json_object_set_new(root, "wasted", rows_json(&f->wasted, "path", "layers", false));
	json_object_set_new(root, "files", rows_json(&f->files, "path", NULL, true));
	json_object_set_new(root, "directories", rows_json(&f->directories, "path", "files", false));
	json_object_set_new(root, "packages", rows_json(&f->packages, "name", "files", false));
	json_object_set_new(root, "duplicates", rows_json(&f->duplicates, "path", "copies", false));
}

static json_t *notes_json(const struct notes *n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n->count; i++)
		json_array_append_new(list, json_pack("{s:s, s:o}", "code", n->items[i].id, "text",
						      json_bytes(n->items[i].text, strlen(n->items[i].text))));
	return list;
}

void report_inspect_view_json(const struct report_inspect_view *v, struct buf *out)
{
	char platform[OCI_PLATFORM_TEXT];
	uint64_t total = 0;
	for (size_t i = 0; i < v->manifest->n_layers; i++)
		total += v->manifest->layers[i].size;
	json_auto_t *root =
	    json_pack("{s:s, s:o, s:s, s:s, s:o, s:o, s:O*}", "schema", "slim.inspect/v1", "reference",
		      json_bytes(v->reference, strlen(v->reference)), "digest", v->digest->text, "platform",
		      oci_platform_text(&v->config->platform, platform), "compressed_bytes", integer(total), "layers",
		      layers_json(v), "config", json_object_get(v->config->root, "config"));
	if (v->history)
		set_history(root, v);
	if (v->findings) {
		json_object_set_new(root, "base", report_base_json(&v->findings->base));
		json_object_set_new(root, "findings", report_findings_json(v->findings, v->config));
		json_object_set_new(root, "verdict", report_verdict_json(v->findings));
		json_object_set_new(root, "accepted", integer(v->findings->accepted));
		json_object_set_new(root, "notes", notes_json(&v->findings->notes));
	}
	if (v->gates)
		json_object_set_new(root, "gates", report_gates_json(v->gates));
	json_write_pretty(root, out);
}
