/* tests/unit/report/diff/sample.h - two images written as text (unpack/text_image.h), and the difference of them. */
#pragma once

#include "inspect/final.h"
#include "inspect/sample.h"
#include "inspect/texts.h"
#include "report/diff/diff.h"

/* layers: bottom first. NULL ends them. The first `shared` of both are the same; unread: as many, or 0. */
struct sample_image {
	const char *name, *layers[6];
};

struct sample {
	struct inspect_texts texts;
	struct sample_side {
		struct inspect_lists lists;
		struct inspect_history history;
		struct inspect_final final;
		struct image_index *index;
		struct packages packages;
		struct oci_manifest manifest;
		struct oci_image_config config;
	} images[2];
	struct report_diff_side sides[2];
	struct report_diff diff;
};

static bool sample_wants(void *ctx, size_t place, const struct inspect_entry *e)
{
	return packages_may_read(e->path);
}

static void sample_take(void *ctx, size_t place, const struct inspect_entry *e, const char *data, size_t n)
{
	inspect_texts_add(ctx, place, e->path, data, n);
}

static inline void sample_side(struct sample *s, int i, const struct sample_image *image, size_t unread)
{
	struct sample_side *side = &s->images[i];
	const struct inspect_watch watch = {
	    .sums = true, .max = 1 << 20, .wants = sample_wants, .take = sample_take, .ctx = &s->texts};
	struct err err = {0};
	CLEANUP_BUF struct buf config = {0};
	buf_str(&config, "{\"os\":\"linux\",\"architecture\":\"amd64\",\"history\":[");
	side->lists.items = mem_calloc(6, sizeof(*side->lists.items));
	for (size_t n = 0; n < 6 && image->layers[n]; n++) {
		if (n >= unread)
			sample_list(image->layers[n], (size_t)i * 6 + n, &watch, &side->lists.items[n]);
		buf_printf(&config, "%s{\"created_by\":\"/bin/sh -c step-%c%zu\"}", n ? "," : "", "ab"[i], n + 1);
		side->lists.count++;
	}
	buf_str(&config, "],\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[");
	for (size_t n = 0; n < side->lists.count; n++)
		buf_printf(&config, "%s\"sha256:%064zu\"", n ? "," : "", n);
	buf_str(&config, "]}}");
	if (oci_image_config_parse(config.data, config.len, &side->config, &err) < 0)
		fail_msg("%s", err.msg);
	side->manifest.n_layers = side->lists.count;
	side->manifest.layers = mem_calloc(side->lists.count, sizeof(*side->manifest.layers));
	for (size_t n = 0; n < side->lists.count; n++)
		side->manifest.layers[n].size = 1000000 * (n + 1 + (size_t)i);
	sample_history(&side->lists, &side->history);
	if (inspect_final_index(&side->history, &side->lists, &s->texts, &side->final, &side->index, &err) < 0 ||
	    packages_read(side->index, &side->packages, &err) < 0)
		fail_msg("%s", err.msg);
	s->sides[i] = (struct report_diff_side){image->name,    &side->manifest, &side->config, &side->lists,
						&side->history, &side->packages, side->index};
}

static inline void sample_init(struct sample *s, const struct sample_image images[2], size_t shared, size_t unread)
{
	struct err err = {0};
	*s = (struct sample){0};
	inspect_texts_init(&s->texts, 12);
	for (int i = 0; i < 2; i++)
		sample_side(s, i, &images[i], unread);
	if (report_diff_make(s->sides, shared, unread, &s->diff, &err) < 0)
		fail_msg("%s", err.msg);
}

static inline void sample_done(struct sample *s)
{
	report_diff_done(&s->diff);
	for (int i = 0; i < 2; i++) {
		struct sample_side *side = &s->images[i];
		packages_done(&side->packages);
		image_index_free(side->index);
		inspect_history_done(&side->history);
		inspect_lists_done(&side->lists);
		free(side->manifest.layers);
		oci_image_config_done(&side->config);
	}
	inspect_texts_done(&s->texts);
}
#define CLEANUP_SAMPLE CLEANUP(sample_done)
