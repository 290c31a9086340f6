#include "pipeline/inspect_image.h"

#include "base/limits.h"
#include "pipeline/transport_blobs.h"

struct watching {
	struct inspect_texts *texts;
	const struct inspect_watch *also;
};

static bool wants(void *ctx, size_t place, const struct inspect_entry *e)
{
	const struct watching *w = ctx;
	const struct inspect_watch *also = w->also;
	return packages_may_read(e->path) || (also && e->bytes <= also->max && also->wants(also->ctx, place, e));
}

static void take(void *ctx, size_t place, const struct inspect_entry *e, const char *data, size_t n)
{
	const struct watching *w = ctx;
	const struct inspect_watch *also = w->also;
	if (packages_may_read(e->path))
		inspect_texts_add(w->texts, place, e->path, data, n);
	if (also && n <= also->max && also->wants(also->ctx, place, e))
		also->take(also->ctx, place, e, data, n);
}

static void see_part(void *ctx, size_t place, const struct inspect_entry *e, uint64_t offset, const char *data,
		     size_t n)
{
	const struct inspect_watch *also = ((const struct watching *)ctx)->also;
	also->part(also->ctx, place, e, offset, data, n);
}

int pipeline_inspect_read(struct pipeline_inspected *i, const struct inspect_part *part,
			  const struct inspect_watch *also, struct inspect_texts *texts,
			  const struct progress *progress, struct err *err)
{
	struct watching watching = {texts, also && also->wants ? also : NULL};
	const struct inspect_watch watch = {.sums = also && also->sums,
					    .max = PACKAGES_FILE_MAX,
					    .wants = wants,
					    .take = take,
					    .part = watching.also && also->part ? see_part : NULL,
					    .ctx = &watching};
	struct pipeline_blobs blobs;
	pipeline_blobs_init(&blobs, i->source, &i->image);
	return inspect_read(&blobs.source, part, &watch, progress, &i->lists, err);
}

int pipeline_inspect_finish(struct pipeline_inspected *i, const struct inspect_texts *texts, struct err *err)
{
	int r = inspect_history_make(&i->lists, &i->history, err);
	if (r == 0)
		r = inspect_final_index(&i->history, &i->lists, texts, &i->final, &i->index, err);
	return r < 0 ? r : packages_read(i->index, &i->packages, err);
}

int pipeline_inspect(const struct oci_ref *ref, const struct oci_platform *platform,
		     const struct transport_options *access, const struct inspect_watch *also,
		     const struct progress *progress, struct pipeline_inspected *out, struct err *err)
{
	*out = (struct pipeline_inspected){0};
	int r = transport_source_open(ref, access, &out->source, err);
	if (r == 0)
		r = transport_source_image(out->source, platform, &out->image, err);
	inspect_texts_init(&out->texts, LIMIT_LAYERS);
	if (r == 0)
		r = pipeline_inspect_read(out, NULL, also, &out->texts, progress, err);
	if (r == 0)
		r = pipeline_inspect_finish(out, &out->texts, err);
	if (r < 0)
		pipeline_inspected_done(out);
	return r;
}

void pipeline_inspected_done(struct pipeline_inspected *i)
{
	packages_done(&i->packages);
	image_index_free(i->index);
	inspect_history_done(&i->history);
	inspect_texts_done(&i->texts);
	inspect_lists_done(&i->lists);
	transport_image_done(&i->image);
	transport_source_close(i->source);
	*i = (struct pipeline_inspected){0};
}
