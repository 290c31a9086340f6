#include <inttypes.h>
#include <string.h>

#include "report/diff/diff.h"
#include "report/step/step.h"
#include "text/markdown.h"

#define SHOWN_LINE 80  /* bytes of a Dockerfile line */
#define SHOWN_NAME 200 /* of a reference or a package */

static void add_code(const char *s, struct buf *out)
{
	markdown_code(out, s, SHOWN_NAME);
}

static uint64_t distance(int64_t n)
{
	return n < 0 ? -(uint64_t)n : (uint64_t)n;
}

static void add_growth(int64_t growth, struct buf *out)
{
	char size[32];
	buf_printf(out, " %c%s", growth < 0 ? '-' : '+', report_step_size(distance(growth), size));
}

/* `app:2` is 12.4 MB larger than `app:1` (84.1 MB, +17.3 %). */
static void add_sizes(const struct report_diff *d, const struct report_diff_side sides[2], struct buf *out)
{
	uint64_t size[2];
	char text[32];
	for (int i = 0; i < 2; i++)
		size[i] = d->unread ? d->images[i].blobs : d->images[i].bytes;
	const int64_t growth = (int64_t)size[1] - (int64_t)size[0];
	add_code(sides[1].name, out);
	if (growth)
		buf_printf(out, " is %s %s than ", report_step_size(distance(growth), text),
			   growth < 0 ? "smaller" : "larger");
	else
		buf_str(out, " is as large as ");
	add_code(sides[0].name, out);
	buf_printf(out, " (%s%s", report_step_size(size[1], text), d->unread ? " compressed" : "");
	if (growth && size[0])
		buf_printf(out, ", %+.1f %%", 100 * (double)growth / (double)size[0]);
	buf_str(out, ").\n");
}

/* The sum that did most in the direction that the image took; NULL if there is none. */
static const struct report_diff_sum *most(const struct report_diff_sums *sums, int64_t total)
{
	const struct report_diff_sum *found = NULL;
	for (size_t i = 0; i < sums->count; i++) {
		const struct report_diff_sum *s = &sums->items[i];
		if (s->growth && (!total || (s->growth < 0) == (total < 0)) &&
		    (!found || distance(s->growth) > distance(found->growth)))
			found = s;
	}
	return found;
}

/* Most of it: `RUN apt-get install curl` +9.8 MB (layer 4 of 6); package `libssl3` +2.1 MB. */
static void add_cause(const struct report_diff *d, const struct report_diff_side sides[2], struct buf *out)
{
	const struct report_diff_sum *layer = most(&d->layers, d->total.growth);
	const struct report_diff_sum *package = most(&d->packages, d->total.growth);
	if (!layer) {
		buf_str(out, d->n_paths ? "No layer brought or removed bytes.\n" : "No difference was found.\n");
		return;
	}
	buf_str(out, "Most of it: ");
	markdown_code(out, *layer->name ? layer->name : "not recorded", SHOWN_LINE);
	add_growth(layer->growth, out);
	buf_printf(out, "%s (layer %u of %zu", d->unread ? " unpacked" : "", layer->layer + 1u,
		   d->images[layer->image].layers);
	if (layer->image == 0) {
		buf_str(out, " of ");
		add_code(sides[0].name, out);
	}
	buf_char(out, ')');
	if (package) {
		buf_str(out, "; package ");
		add_code(package->name, out);
		add_growth(package->growth, out);
	}
	buf_str(out, ".\n");
}

static void add_files(const struct report_diff *d, struct buf *out)
{
	const uint64_t *n = d->total.files;
	buf_printf(out, "Added %" PRIu64 " file%s, removed %" PRIu64 ", changed %" PRIu64 ".", n[REPORT_DIFF_ADDED],
		   n[REPORT_DIFF_ADDED] == 1 ? "" : "s", n[REPORT_DIFF_GONE], n[REPORT_DIFF_CHANGED]);
	if (d->unsure)
		buf_printf(out, " %zu of these may be in the %zu shared layer%s, which %s not read.", d->unsure,
			   d->shared, d->shared == 1 ? "" : "s", d->shared == 1 ? "was" : "were");
	buf_char(out, '\n');
}

void report_diff_summary(const struct report_diff *d, const struct report_diff_side sides[2], struct buf *out)
{
	add_sizes(d, sides, out);
	add_cause(d, sides, out);
	add_files(d, out);
}
