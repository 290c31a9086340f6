#include "pipeline/slim/image.h"

#include <errno.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <unistd.h>

#include "report/why_annotation.h"

#define TAR_NAME "layer.tar" /* in the directory of the run */
#define COMPRESS_NICE 5      /* the container of the proof goes first */

int pipeline_slim_image_init(struct pipeline_slim_image *slim, struct pipeline_session *s, struct err *err)
{
	*slim = (struct pipeline_slim_image){.session = s, .tar_fd = -1, .blob_fd = -1};
	slim->blob_fd = pipeline_session_new_file(s, "layer", 0, err);
	return slim->blob_fd < 0 ? slim->blob_fd : 0;
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
	return transport_source_has_blobs(s->source);
}

/* The compression if the user did not choose one. An engine has its layers uncompressed, which says nothing about the
 * compression that is wanted elsewhere. */
static int default_compression(const struct pipeline_slim_image *slim, enum oci_compression *out, struct err *err)
{
	*out = OCI_COMPRESSION_NONE;
	if (slim->unpacked_there)
		return 0;
	int r = source_compression(&slim->session->image.manifest, out, err);
	if (r == 0 && *out == OCI_COMPRESSION_NONE && (slim->compressed_there || !has_blobs(slim->session)))
		*out = OCI_COMPRESSION_GZIP;
	return r;
}

/* A new file each time: the one of an earlier call may be the device of a mount still. */
static int new_tar(struct pipeline_slim_image *slim, struct err *err)
{
	struct pipeline_session *s = slim->session;
	cleanup_closep(&slim->tar_fd);
	slim->tar_fd = -1;
	if (unlinkat(s->run.fd, TAR_NAME, 0) < 0 && errno != ENOENT)
		return err_sys(err, errno, "file-write", "remove the layer's old file");
	slim->tar_fd = pipeline_session_new_file(s, TAR_NAME, O_EXCL, err);
	return slim->tar_fd < 0 ? slim->tar_fd : 0;
}

static int finish(struct pipeline_slim_image *slim, const struct rewrite_options *w, struct err *err)
{
	const struct progress *p = slim->session->progress;
	const struct progress quiet = {.cancel_fd = p ? p->cancel_fd : -1, .timings = progress_timings(p)};
	if (ftruncate(slim->blob_fd, 0) < 0 || lseek(slim->blob_fd, 0, SEEK_SET) < 0)
		return err_sys(err, errno, "file-write", "empty the layer file");
	return rewrite_finish(slim->tar_fd, slim->blob_fd, w, &quiet, &slim->result, err);
}

static uint64_t source_blob_bytes(const struct pipeline_slim_image *slim)
{
	const struct oci_manifest *m = &slim->session->image.manifest;
	uint64_t bytes = 0;
	for (size_t i = 0; i < m->n_layers; i++)
		bytes += m->layers[i].size;
	return bytes;
}

static uint64_t source_bytes(const struct pipeline_slim_image *slim)
{
	const struct image_layers *l = &slim->session->layers;
	uint64_t bytes = 0;
	for (size_t i = 0; i < l->count; i++)
		bytes += l->items[i].bytes;
	return bytes;
}

static bool is_larger(const struct pipeline_slim_image *slim)
{
	return has_blobs(slim->session) && slim->result.layer.blob_size > source_blob_bytes(slim);
}

static void describe(struct pipeline_slim_image *slim)
{
	const struct image_index *index = slim->session->index;
	slim->figures = (struct report_image){.size_bytes = slim->result.bytes, .layers = 1};
	for (uint32_t id = 0; id < image_index_count(index); id++)
		slim->figures.files += keep_has(slim->keep, id) && S_ISREG(image_index_node(index, id)->mode);
}

/* Runs beside the proof, which may add to the keep set: that is read before. */
static int compress(struct pipeline_slim_image *slim, struct err *err)
{
	struct rewrite_options w = slim->rewrite;
	w.annotation = REPORT_WHY_ANNOTATION;
	w.annotation_value = slim->why;
	int r = slim->compression_set ? 0 : default_compression(slim, &w.compression, err);
	if (r < 0 || (r = finish(slim, &w, err)) < 0)
		return r;
	/* a source that was compressed harder than is our habit, and has little to lose */
	if (!slim->compression_set && is_larger(slim) && w.compression != OCI_COMPRESSION_NONE) {
		w.level = w.compression == OCI_COMPRESSION_GZIP ? LAYER_GZIP_MAX : LAYER_ZSTD_MAX;
		if ((r = finish(slim, &w, err)) < 0)
			return r;
	}
	slim->compressed = w.compression != OCI_COMPRESSION_NONE;
	if (!slim->unpacked_there || slim->compression_set)
		slim->figures.compressed_bytes = slim->result.layer.blob_size;
	return 0;
}

static int compress_beside(void *ctx, struct err *err)
{
	struct pipeline_slim_image *slim = ctx;
	struct timings *t = progress_timings(slim->session->progress);
	const size_t step = timings_begin_apart(t, "compress the layer", NULL);
	(void)setpriority(PRIO_PROCESS, 0, COMPRESS_NICE); /* on Linux: of this thread, and those that it starts */
	int r = compress(slim, err);
	timings_end(t, step);
	if (r == 0 && slim->to && !pipeline_prefers_source(slim))
		publish_ahead_start(&slim->ahead, slim->to, &slim->access, &slim->result.manifest.layers[0],
				    pipeline_slim_image_blob(slim));
	return r;
}

int pipeline_slim_image_pack(struct pipeline_slim_image *slim, struct err *err)
{
	struct pipeline_session *s = slim->session;
	int r = pipeline_slim_image_wait(slim, err);
	pipeline_slim_image_recall(slim); /* of an earlier call, whose file is written anew */
	rewrite_result_done(&slim->result);
	free(slim->why);
	slim->why = NULL;
	if (r < 0 || (r = progress_step(s->progress, "pack", 0, 0, "", err)) < 0 || (r = new_tar(slim, err)) < 0)
		return r;
	const size_t step = timings_begin(progress_timings(s->progress), "write the layer", NULL);
	r = rewrite_make(slim->keep, &s->image.config, slim->tar_fd, &slim->rewrite, s->progress, &slim->result, err);
	timings_end(progress_timings(s->progress), step);
	if (r < 0)
		return r;
	if (slim->packages && slim->rewrite.family == OCI_FAMILY_OCI)
		slim->why = report_why_annotation_make(slim->keep, slim->packages);
	describe(slim);
	return pipeline_beside_start(&slim->compressing, compress_beside, slim, err);
}

int pipeline_slim_image_wait(struct pipeline_slim_image *slim, struct err *err)
{
	if (!slim->compressing.runs)
		return pipeline_beside_wait(&slim->compressing, err);
	struct timings *t = progress_timings(slim->session->progress);
	const size_t step = timings_begin(t, "await the layer", "its compression");
	int r = pipeline_beside_wait(&slim->compressing, err);
	timings_end(t, step);
	return r;
}

void pipeline_slim_image_recall(struct pipeline_slim_image *slim)
{
	(void)pipeline_beside_wait(&slim->compressing, NULL); /* it may just begin to send */
	publish_ahead_end(&slim->ahead);
}

int pipeline_slim_image_blob(const struct pipeline_slim_image *slim)
{
	return slim->compressed ? slim->blob_fd : slim->tar_fd;
}

bool pipeline_slim_image_saves(const struct pipeline_slim_image *slim)
{
	return slim->result.bytes < source_bytes(slim);
}

/* Only when the user did not choose the compression: a chosen one may cost what it costs. */
bool pipeline_prefers_source(const struct pipeline_slim_image *slim)
{
	if (slim->rewrite.config_edit && !rewrite_config_edit_is_empty(slim->rewrite.config_edit))
		return false;
	if (slim->compression_set || slim->unpacked_there || !has_blobs(slim->session))
		return false;
	bool nothing_gone = slim->result.layer.blob_size >= source_blob_bytes(slim) && !pipeline_slim_image_saves(slim);
	return is_larger(slim) || nothing_gone;
}

void pipeline_slim_image_done(struct pipeline_slim_image *slim)
{
	if (!slim->session)
		return;
	pipeline_slim_image_recall(slim);
	rewrite_result_done(&slim->result);
	free(slim->why);
	cleanup_closep(&slim->tar_fd);
	cleanup_closep(&slim->blob_fd);
}
