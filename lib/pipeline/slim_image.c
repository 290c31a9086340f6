#include "pipeline/slim_image.h"

#include <errno.h>
#include <unistd.h>

#include "publish/publish.h"
#include "report/why_annotation.h"

int pipeline_slim_image_init(struct pipeline_slim_image *c, struct pipeline_session *s, struct err *err)
{
	*c = (struct pipeline_slim_image){.session = s, .store = {.fd = -1, .layers_fd = -1}};
	c->layer_fd = pipeline_session_new_file(s, "layer", 0, err);
	return c->layer_fd < 0 ? c->layer_fd : 0;
}

/* The compression that most bytes of the source have. */
static int source_compression(const struct oci_manifest *m, enum oci_compression *out, struct err *err)
{
	size_t biggest = 0;
	for (size_t i = 0; i < m->n_layers; i++)
		if (m->layers[i].size > m->layers[biggest].size)
			biggest = i;
	*out = OCI_COMPRESSION_GZIP;
	return m->n_layers ? oci_layer_compression(m->layers[biggest].media_type, out, err) : 0;
}

/* The sizes of layers that an engine has unpacked are not known. */
static bool has_blobs(const struct pipeline_session *s)
{
	return !s->image.unpacked && !transport_source_is_stream(s->source);
}

/* Where the user does not say. That an engine's layers are not compressed is no wish. */
static int default_compression(const struct pipeline_slim_image *c, enum oci_compression *out, struct err *err)
{
	*out = OCI_COMPRESSION_NONE;
	if (c->unpacked_there)
		return 0;
	int r = source_compression(&c->session->image.manifest, out, err);
	if (r == 0 && *out == OCI_COMPRESSION_NONE && (c->compressed_there || !has_blobs(c->session)))
		*out = OCI_COMPRESSION_GZIP;
	return r;
}

/* Into the empty layer file; what an earlier call made is gone. */
static int rewrite(struct pipeline_slim_image *c, const struct rewrite_options *w, struct err *err)
{
	rewrite_result_done(&c->result);
	if (ftruncate(c->layer_fd, 0) < 0 || lseek(c->layer_fd, 0, SEEK_SET) < 0)
		return err_sys(err, errno, "file-write", "empty the layer file");
	return rewrite_image(c->keep, &c->session->image.config, c->layer_fd, w, c->session->progress, &c->result, err);
}

static uint64_t source_blob_bytes(const struct pipeline_slim_image *c)
{
	const struct oci_manifest *m = &c->session->image.manifest;
	uint64_t bytes = 0;
	for (size_t i = 0; i < m->n_layers; i++)
		bytes += m->layers[i].size;
	return bytes;
}

static uint64_t source_bytes(const struct pipeline_slim_image *c)
{
	const struct image_layers *l = &c->session->layers;
	uint64_t bytes = 0;
	for (size_t i = 0; i < l->count; i++)
		bytes += l->items[i].bytes;
	return bytes;
}

static bool is_larger(const struct pipeline_slim_image *c)
{
	return has_blobs(c->session) && c->result.layer.blob_size > source_blob_bytes(c);
}

static void describe(struct pipeline_slim_image *c)
{
	const struct image_index *index = c->session->index;
	c->figures = (struct report_image){
	    .size_bytes = c->result.bytes,
	    .compressed_bytes = c->unpacked_there && !c->compression_set ? 0 : c->result.layer.blob_size,
	    .layers = 1,
	};
	for (uint32_t id = 0; id < image_index_count(index); id++)
		c->figures.files += keep_has(c->keep, id) && S_ISREG(image_index_node(index, id)->mode);
}

int pipeline_slim_image_pack(struct pipeline_slim_image *c, struct err *err)
{
	struct pipeline_session *s = c->session;
	struct rewrite_options w = c->rewrite;
	CLEANUP_FREE char *why =
	    c->packages && w.family == OCI_FAMILY_OCI ? report_why_annotation_make(c->keep, c->packages) : NULL;
	w.annotation = REPORT_WHY_ANNOTATION;
	w.annotation_value = why;
	int r = progress_step(s->progress, "pack", 0, 0, "", err);
	if (r == 0 && !c->compression_set)
		r = default_compression(c, &w.compression, err);
	if (r < 0 || (r = rewrite(c, &w, err)) < 0)
		return r;
	/* a source that was compressed harder than is our habit, and has little to lose */
	if (!c->compression_set && is_larger(c) && w.compression != OCI_COMPRESSION_NONE) {
		w.level = w.compression == OCI_COMPRESSION_GZIP ? LAYER_GZIP_MAX : LAYER_ZSTD_MAX;
		if ((r = rewrite(c, &w, err)) < 0)
			return r;
	}
	describe(c);
	return 0;
}

/* Only when the user did not choose the compression: a chosen one may cost what it costs. */
bool pipeline_slim_image_gains_nothing(const struct pipeline_slim_image *c)
{
	if (c->rewrite.config_edit && !rewrite_config_edit_is_empty(c->rewrite.config_edit))
		return false;
	if (c->compression_set || c->unpacked_there || !has_blobs(c->session))
		return false;
	bool nothing_gone = c->result.layer.blob_size >= source_blob_bytes(c) && c->result.bytes >= source_bytes(c);
	return is_larger(c) || nothing_gone;
}

int pipeline_slim_image_open(void *ctx, unsigned round, struct verify_target *out, struct err *err)
{
	struct pipeline_slim_image *c = ctx;
	struct pipeline_session *s = c->session;
	const struct progress quiet = {.cancel_fd = s->progress ? s->progress->cancel_fd : -1};
	CLEANUP_FREE char *store = mem_printf("%s/candidate", s->run.path);
	CLEANUP_FREE char *layout = mem_printf("%s/candidate.oci", s->run.path);
	CLEANUP_FREE char *tag = mem_printf("round%u", round);
	const struct oci_ref ref = {.scheme = OCI_SCHEME_OCI, .location = layout, .tag = tag};
	int r = 0;
	if (round > 1 && ((r = c->complete(c->ctx, err)) < 0 || (r = pipeline_slim_image_pack(c, err)) < 0))
		return r;
	if (c->store.fd < 0 && (r = store_open(store, &c->store, err)) < 0)
		return r;
	if ((r = publish_layout(&ref, &c->result, c->layer_fd, err)) < 0)
		return r;
	r = pipeline_unpacked_open(&ref, &s->image.config.platform, &c->store, &s->run, NULL, &quiet, &c->opened, err);
	if (r == 0)
		*out = (struct verify_target){{&c->opened.layers, &c->opened.image.config}, c->opened.index};
	return r;
}

void pipeline_slim_image_close(void *ctx)
{
	pipeline_unpacked_done(&((struct pipeline_slim_image *)ctx)->opened);
}

void pipeline_slim_image_done(struct pipeline_slim_image *c)
{
	if (!c->session)
		return;
	pipeline_slim_image_close(c);
	rewrite_result_done(&c->result);
	store_done(&c->store);
	cleanup_closep(&c->layer_fd);
}
