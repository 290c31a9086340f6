#include <inttypes.h>
#include <string.h>

#include "report/diff/diff.h"
#include "report/diff/sums.h"
#include "report/step/step.h"

#define SHOWN 12         /* directories, packages and layers */
#define SHOWN_PACKAGES 3 /* of one layer */
#define SHOWN_LINE 80    /* bytes of a layer's Dockerfile line */

static double mb(uint64_t bytes)
{
	return (double)bytes / 1e6;
}

static void add_name(const char *s, struct buf *out)
{
	buf_escape(out, s, strlen(s));
	buf_char(out, '\n');
}

/* ---- sums ---- */

static void add_title(const char *title, struct buf *out)
{
	buf_printf(out, "\n%-12s%22s%22s%22s\n", title, "gone", "added", "changed");
}

static void add_figures(const struct report_diff_sum *s, struct buf *out)
{
	for (int c = 0; c < REPORT_DIFF_CHANGES; c++)
		buf_printf(out, "%*.3f MB %7" PRIu64, c ? 11 : 23, mb(s->bytes[c]), s->files[c]);
	buf_str(out, "  ");
}

static void add_rest(size_t n, bool all, struct buf *out)
{
	if (!all && n > SHOWN)
		buf_printf(out, "%12sand %zu more; --all shows them\n", "", n - SHOWN);
}

static void add_sums(const char *title, const struct report_diff_sums *sums, bool all, struct buf *out)
{
	if (!sums->count)
		return;
	add_title(title, out);
	for (size_t i = 0; i < sums->count && (all || i < SHOWN); i++) {
		add_figures(&sums->items[i], out);
		add_name(sums->items[i].name, out);
	}
	add_rest(sums->count, all, out);
}

/* ---- layers ---- */

static uint64_t all_bytes(const struct report_diff_sum *s)
{
	uint64_t n = 0;
	for (int c = 0; c < REPORT_DIFF_CHANGES; c++)
		n += s->bytes[c];
	return n;
}

/* "openssl 2.1 MB, no package 0.3 MB, and 4 more", unless no package is named. */
static void add_packages(const struct report_diff *d, const struct report_diff_sum *layer, bool all, struct buf *out)
{
	size_t n, shown = 0;
	const struct report_diff_sum *packages = report_diff_sums_of_layer(&d->parts, layer, &n);
	if (!n || (n == 1 && !*packages->name))
		return;
	buf_printf(out, "%80s", "");
	for (; shown < n && (all || shown < SHOWN_PACKAGES); shown++) {
		const struct report_diff_sum *p = &packages[shown];
		char size[32];
		buf_str(out, shown ? ", " : "");
		report_step_text(out, *p->name ? p->name : "no package", SIZE_MAX);
		buf_printf(out, " %s", report_step_size(all_bytes(p), size));
	}
	if (shown < n)
		buf_printf(out, ", and %zu more", n - shown);
	buf_char(out, '\n');
}

static void add_layers(const struct report_diff *d, bool all, struct buf *out)
{
	if (!d->layers.count)
		return;
	add_title("layers", out);
	for (size_t i = 0; i < d->layers.count && (all || i < SHOWN); i++) {
		const struct report_diff_sum *s = &d->layers.items[i];
		add_figures(s, out);
		buf_printf(out, "%c %2u  ", 'a' + s->image, s->layer + 1u);
		report_step_text(out, *s->name ? s->name : "not recorded", all ? SIZE_MAX : SHOWN_LINE);
		buf_char(out, '\n');
		add_packages(d, s, all, out);
	}
	add_rest(d->layers.count, all, out);
}

/* ---- all ---- */

static void add_path(const struct report_diff_path *p, struct buf *out)
{
	buf_printf(out, "%-8s %12" PRIu64 " -> %12" PRIu64 "  ", report_diff_change_names[p->change], p->bytes[0],
		   p->bytes[1]);
	buf_escape(out, p->path, strlen(p->path));
	const char *sep = "  (";
	for (int i = 0; i < REPORT_DIFF_ASPECTS; i++)
		if (p->aspects >> i & 1) {
			buf_printf(out, "%s%s", sep, report_diff_aspect_names[i]);
			sep = ", ";
		}
	if (p->unsure) {
		buf_printf(out, "%sunsure", sep);
		sep = ", ";
	}
	buf_str(out, *sep == ',' ? ")\n" : "\n");
}

static void add_images(const struct report_diff *d, const struct report_diff_side sides[2], struct buf *out)
{
	for (int i = 0; i < 2; i++) {
		const struct report_diff_image *m = &d->images[i];
		if (d->unread)
			buf_printf(out, "%c%11s%10.3f MB %8zu layers ", 'a' + i, "", mb(m->blobs), m->layers);
		else
			buf_printf(out, "%c%11s%10.3f MB %8" PRIu64 " files  ", 'a' + i, "", mb(m->bytes), m->files);
		add_name(sides[i].name, out);
	}
	if (d->unread)
		buf_printf(out, "shared%6s%10.3f MB %8zu layer%s the same in both and not read\n", "",
			   mb(d->shared_blobs), d->shared, d->shared == 1 ? ", which is" : "s, which are");
	else if (d->shared)
		buf_printf(out, "shared%16s%10zu layer%s the same in both\n", "", d->shared,
			   d->shared == 1 ? ", which is" : "s, which are");
}

void report_diff_text(const struct report_diff *d, const struct report_diff_side sides[2], bool all, struct buf *out)
{
	add_images(d, sides, out);
	for (int c = 0; c < REPORT_DIFF_CHANGES; c++)
		buf_printf(out, "%-12s%10.3f MB %8" PRIu64 " files\n", report_diff_change_names[c],
			   mb(d->total.bytes[c]), d->total.files[c]);
	if (d->unsure)
		buf_printf(out,
			   "unsure%16s%10zu files that only one image's own layers have: the shared layers may have "
			   "them, too; --exact reads these\n",
			   "", d->unsure);
	add_layers(d, all, out);
	add_sums("directories", &d->directories, all, out);
	add_sums("packages", &d->packages, all, out);
	if (all && d->n_paths)
		buf_str(out, "\n");
	for (size_t i = 0; all && i < d->n_paths; i++)
		add_path(&d->paths[i], out);
}
