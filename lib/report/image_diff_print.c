#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/image_diff.h"
#include "text/json.h"

#define SHOWN 12 /* directories and packages in the text */

static const char *const change_names[] = {"gone", "added", "changed"}; /* by enum report_image_change */
static const char *const aspect_names[] = {"kind", "content", "mode", "owner"};
#define ASPECTS 4

/* ---- text ---- */

static void add_name(struct buf *out, const char *s)
{
	buf_escape(out, s, strlen(s));
	buf_char(out, '\n');
}

static double mb(uint64_t bytes)
{
	return (double)bytes / 1e6;
}

static void add_sums(const char *title, const struct report_image_diff_sum *sums, size_t n, bool all, struct buf *out)
{
	if (!n)
		return;
	buf_printf(out, "\n%-12s%22s%22s%22s\n", title, "gone", "added", "changed");
	for (size_t i = 0; i < n && (all || i < SHOWN); i++) {
		for (int c = 0; c < REPORT_IMAGE_CHANGES; c++)
			buf_printf(out, "%*.3f MB %7" PRIu64, c ? 11 : 23, mb(sums[i].bytes[c]), sums[i].files[c]);
		buf_str(out, "  ");
		add_name(out, sums[i].name);
	}
	if (!all && n > SHOWN)
		buf_printf(out, "%12sand %zu more; --all shows them\n", "", n - SHOWN);
}

static void add_path(const struct report_image_diff_path *p, struct buf *out)
{
	buf_printf(out, "%-8s %12" PRIu64 " -> %12" PRIu64 "  ", change_names[p->change], p->bytes[0], p->bytes[1]);
	buf_escape(out, p->path, strlen(p->path));
	const char *sep = "  (";
	for (int i = 0; i < ASPECTS; i++)
		if (p->aspects >> i & 1) {
			buf_printf(out, "%s%s", sep, aspect_names[i]);
			sep = ", ";
		}
	buf_str(out, *sep == ',' ? ")\n" : "\n");
}

void report_image_diff_text(const struct report_image_diff *d, const char *const names[2], bool all, struct buf *out)
{
	for (int i = 0; i < 2; i++) {
		buf_printf(out, "%c%11s%10.3f MB %8" PRIu64 " files  ", "ab"[i], "", mb(d->bytes[i]), d->files[i]);
		add_name(out, names[i]);
	}
	for (int c = 0; c < REPORT_IMAGE_CHANGES; c++)
		buf_printf(out, "%-12s%10.3f MB %8" PRIu64 " files\n", change_names[c], mb(d->total.bytes[c]),
			   d->total.files[c]);
	add_sums("directories", d->directories, d->n_directories, all, out);
	add_sums("packages", d->packages, d->n_packages, all, out);
	if (all && d->n_paths)
		buf_str(out, "\n");
	for (size_t i = 0; all && i < d->n_paths; i++)
		add_path(&d->paths[i], out);
}

/* ---- JSON ---- */

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *sum_json(const struct report_image_diff_sum *s)
{
	json_t *v = json_object();
	if (s->name)
		json_object_set_new(v, "name", json_bytes(s->name, strlen(s->name)));
	for (int c = 0; c < REPORT_IMAGE_CHANGES; c++)
		json_object_set_new(
		    v, change_names[c],
		    json_pack("{s:o, s:o}", "bytes", number(s->bytes[c]), "files", number(s->files[c])));
	return v;
}

static json_t *sums_json(const struct report_image_diff_sum *sums, size_t n)
{
	json_t *v = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(v, sum_json(&sums[i]));
	return v;
}

static json_t *path_json(const struct report_image_diff_path *p)
{
	json_t *v = json_object(), *aspects = json_array();
	json_object_set_new(v, "path", json_bytes(p->path, strlen(p->path)));
	json_object_set_new(v, "change", json_string(change_names[p->change]));
	for (int i = 0; i < ASPECTS; i++)
		if (p->aspects >> i & 1)
			json_array_append_new(aspects, json_string(aspect_names[i]));
	json_object_set_new(v, "aspects", aspects);
	json_object_set_new(v, "bytes", json_pack("[o, o]", number(p->bytes[0]), number(p->bytes[1])));
	if (p->package)
		json_object_set_new(v, "package", json_bytes(p->package, strlen(p->package)));
	return v;
}

void report_image_diff_json(const struct report_image_diff *d, const char *const names[2], struct buf *out)
{
	json_auto_t *root = json_object();
	json_t *images = json_array(), *paths = json_array();
	for (int i = 0; i < 2; i++)
		json_array_append_new(images,
				      json_pack("{s:o, s:o, s:o}", "reference", json_bytes(names[i], strlen(names[i])),
						"bytes", number(d->bytes[i]), "files", number(d->files[i])));
	for (size_t i = 0; i < d->n_paths; i++)
		json_array_append_new(paths, path_json(&d->paths[i]));
	json_object_set_new(root, "schema", json_string("slim.diff/v1"));
	json_object_set_new(root, "images", images);
	json_object_set_new(root, "total", sum_json(&d->total));
	json_object_set_new(root, "directories", sums_json(d->directories, d->n_directories));
	json_object_set_new(root, "packages", sums_json(d->packages, d->n_packages));
	json_object_set_new(root, "paths", paths);
	json_write_pretty(root, out);
}
