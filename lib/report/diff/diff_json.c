#include <string.h>

#include "report/diff/diff.h"
#include "report/diff/sums.h"
#include "text/json.h"

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *text(const char *s)
{
	return json_bytes(s, strlen(s));
}

static void set_figures(json_t *v, const struct report_diff_sum *s)
{
	for (int c = 0; c < REPORT_DIFF_CHANGES; c++)
		json_object_set_new(
		    v, report_diff_change_names[c],
		    json_pack("{s:o, s:o}", "bytes", number(s->bytes[c]), "files", number(s->files[c])));
	json_object_set_new(v, "growth", json_integer(s->growth));
}

static json_t *sum_json(const struct report_diff_sum *s)
{
	json_t *v = json_object();
	if (s->name)
		json_object_set_new(v, "name", *s->name ? text(s->name) : json_null());
	set_figures(v, s);
	return v;
}

static json_t *sums_json(const struct report_diff_sum *sums, size_t n)
{
	json_t *v = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(v, sum_json(&sums[i]));
	return v;
}

static json_t *layers_json(const struct report_diff *d, const struct report_diff_side sides[2])
{
	json_t *layers = json_array();
	for (size_t i = 0; i < d->layers.count; i++) {
		const struct report_diff_sum *s = &d->layers.items[i];
		const struct report_diff_side *side = &sides[s->image];
		size_t n;
		const struct report_diff_sum *packages = report_diff_sums_of_layer(&d->parts, s, &n);
		json_t *v = json_pack("{s:i, s:i, s:s, s:s, s:o, s:o, s:o, s:o}", "image", s->image + 1, "layer",
				      s->layer + 1, "digest", side->manifest->layers[s->layer].digest.text, "diff_id",
				      side->config->diff_ids[s->layer].text, "compressed_bytes",
				      number(side->manifest->layers[s->layer].size), "created_by",
				      text(oci_image_config_created_by(side->config, s->layer)), "line", text(s->name),
				      "packages", sums_json(packages, n));
		set_figures(v, s);
		json_array_append_new(layers, v);
	}
	return layers;
}

static json_t *path_json(const struct report_diff_path *p)
{
	json_t *v = json_object(), *aspects = json_array();
	json_object_set_new(v, "path", text(p->path));
	json_object_set_new(v, "change", json_string(report_diff_change_names[p->change]));
	for (int i = 0; i < REPORT_DIFF_ASPECTS; i++)
		if (p->aspects >> i & 1)
			json_array_append_new(aspects, json_string(report_diff_aspect_names[i]));
	json_object_set_new(v, "aspects", aspects);
	json_object_set_new(v, "bytes", json_pack("[o, o]", number(p->bytes[0]), number(p->bytes[1])));
	json_object_set_new(v, "image", json_integer(p->image + 1));
	json_object_set_new(v, "layer", json_integer(p->layer + 1));
	json_object_set_new(v, "unsure", json_boolean(p->unsure));
	if (p->package)
		json_object_set_new(v, "package", text(p->package));
	return v;
}

static json_t *image_json(const struct report_diff *d, const struct report_diff_side sides[2], int i)
{
	const struct report_diff_image *m = &d->images[i];
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "reference", text(sides[i].name), "bytes",
			 d->unread ? json_null() : number(m->bytes), "files",
			 d->unread ? json_null() : number(m->files), "compressed_bytes", number(m->blobs), "layers",
			 number(m->layers));
}

json_t *report_diff_facts(const struct report_diff *d, const struct report_diff_side sides[2])
{
	json_t *shared = json_pack("{s:o, s:o, s:b}", "layers", number(d->shared), "compressed_bytes",
				   number(d->shared_blobs), "read", d->shared && !d->unread);
	return json_pack("{s:s, s:[o, o], s:o, s:o, s:o, s:o, s:o, s:o}", "schema", "slim.diff/v1", "images",
			 image_json(d, sides, 0), image_json(d, sides, 1), "shared", shared, "unsure",
			 number(d->unsure), "total", sum_json(&d->total), "layers", layers_json(d, sides),
			 "directories", sums_json(d->directories.items, d->directories.count), "packages",
			 sums_json(d->packages.items, d->packages.count));
}

void report_diff_json(const struct report_diff *d, const struct report_diff_side sides[2], struct buf *out)
{
	json_auto_t *root = report_diff_facts(d, sides);
	json_t *paths = json_array();
	for (size_t i = 0; i < d->n_paths; i++)
		json_array_append_new(paths, path_json(&d->paths[i]));
	json_object_set_new(root, "paths", paths);
	json_write_pretty(root, out);
}
