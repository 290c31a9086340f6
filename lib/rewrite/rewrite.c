#include "rewrite/rewrite.h"

#include <string.h>

#include "base/mem.h"
#include "layer/compress.h"
#include "layer/writer.h"
#include "oci/annotation.h"
#include "rewrite/config_update.h"
#include "rewrite/layer_item.h"
#include "rewrite/layer_plan.h"
#include "text/json.h"

#define STEP_ENTRIES 64 /* at most, between two reports of the progress */
#define STEP_BYTES ((uint64_t)1 << 20)

static int write_layer(const struct image_index *x, const struct rewrite_plan *plan, int fd,
		       const struct rewrite_options *o, const struct progress *progress, struct layer_digests *out,
		       struct err *err)
{
	CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(fd, OCI_COMPRESSION_NONE, 0);
	CLEANUP_IMAGE_READER struct image_reader from = IMAGE_READER(x);
	uint64_t bytes = 0, told = 0;
	for (size_t i = 0; i < plan->count; i++) {
		const struct rewrite_item *item = &plan->items[i];
		const struct image_node *n = image_index_node(x, item->node);
		int r = 0;
		if (i % STEP_ENTRIES == 0 || bytes - told >= STEP_BYTES)
			r = progress_step(progress, "pack", told = bytes, plan->bytes, "bytes", err);
		if (r == 0)
			r = rewrite_item_write(&from, item, o->edits, w, err);
		if (r < 0)
			return r;
		if (S_ISREG(n->mode) && item->first == IMAGE_NONE)
			bytes += n->size;
	}
	int r = layer_writer_finish(w, out, err);
	return r < 0 ? r : progress_step(progress, "pack", bytes, plan->bytes, "bytes", err);
}

static json_t *annotations(const struct rewrite_options *o)
{
	if (o->family != OCI_FAMILY_OCI ||
	    (!json_object_size(o->annotations) && !o->base_name && !o->base_digest && !o->annotation_value))
		return NULL;
	json_t *a = o->annotations ? json_copy((json_t *)o->annotations) : json_object();
	oci_annotations_forget_layers(a);
	if (o->annotation) /* of a source that was made so itself: it is of other content */
		json_object_del(a, o->annotation);
	if (o->base_name)
		json_object_set_new(a, "org.opencontainers.image.base.name",
				    json_bytes(o->base_name, strlen(o->base_name)));
	if (o->base_digest)
		json_object_set_new(a, "org.opencontainers.image.base.digest", json_string(o->base_digest->text));
	if (o->annotation_value)
		json_object_set_new(a, o->annotation, json_string(o->annotation_value));
	return a;
}

static void make_manifest(const struct rewrite_options *o, struct rewrite_result *out)
{
	struct oci_manifest *m = &out->manifest;
	oci_manifest_done(m); /* of an earlier call */
	*m = (struct oci_manifest){.family = o->family};
	out->manifest_bytes.len = 0;
	oci_descriptor_of(o->family == OCI_FAMILY_DOCKER ? DOCKER_MEDIA_CONFIG : OCI_MEDIA_CONFIG,
			  out->config_bytes.data, out->config_bytes.len, &m->config);
	m->layers = mem_calloc(1, sizeof(*m->layers));
	m->n_layers = 1;
	m->layers[0].digest = out->layer.blob;
	m->layers[0].size = out->layer.blob_size;
	strcpy(m->layers[0].media_type, oci_layer_media_type(o->family, o->compression));
	m->annotations = annotations(o);
	oci_manifest_write(m, &out->manifest_bytes);
	oci_descriptor_of(oci_manifest_media_type(m), out->manifest_bytes.data, out->manifest_bytes.len,
			  &out->manifest_descriptor);
}

int rewrite_make(const struct keep_set *k, const struct oci_image_config *config, int tar,
		 const struct rewrite_options *options, const struct progress *progress, struct rewrite_result *out,
		 struct err *err)
{
	CLEANUP_REWRITE_PLAN struct rewrite_plan plan;
	rewrite_plan_make(k, options->edits, &plan);
	struct rewrite_result result = {.bytes = plan.bytes, .entries = plan.count, .files = plan.files};
	int r = write_layer(k->index, &plan, tar, options, progress, &result.layer, err);
	if (r < 0) {
		err_wrap(err, "new layer");
		return r;
	}
	rewrite_config_update(config, &result.layer.diff_id, options->created, options->config_edit,
			      &result.config_bytes);
	*out = result;
	return 0;
}

struct compressing {
	const struct progress *progress;
	uint64_t total;
};

static int tick(void *ctx, uint64_t done, struct err *err)
{
	const struct compressing *c = ctx;
	return progress_step(c->progress, "pack", done, c->total, "bytes", err);
}

int rewrite_finish(int tar, int blob, const struct rewrite_options *options, const struct progress *progress,
		   struct rewrite_result *result, struct err *err)
{
	struct layer_digests *d = &result->layer;
	struct compressing c = {progress, d->tar_size};
	d->blob = d->diff_id;
	d->blob_size = d->tar_size;
	int r = options->compression == OCI_COMPRESSION_NONE
		    ? 0
		    : layer_compress(tar, blob, options->compression, options->level, tick, &c, d, err);
	if (r < 0) {
		err_wrap(err, "new layer");
		return r;
	}
	make_manifest(options, result);
	return 0;
}

void rewrite_result_done(struct rewrite_result *r)
{
	oci_manifest_done(&r->manifest);
	buf_done(&r->manifest_bytes);
	buf_done(&r->config_bytes);
	*r = (struct rewrite_result){0};
}
