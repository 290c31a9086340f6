#include "pipeline/slim_image.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "os/fd.h"
#include "publish/publish.h"
#include "report/why_annotation.h"

/* Of the image that is opened, in the directory of the run. */
#define STORE_NAME "slim"
#define LAYOUT_NAME "slim.oci"
#define TAR_NAME "layer.tar"

int pipeline_slim_image_init(struct pipeline_slim_image *slim, struct pipeline_session *s, struct err *err)
{
	*slim = (struct pipeline_slim_image){
	    .session = s, .tar_fd = -1, .blob_fd = -1, .store = {.fd = -1, .layers_fd = -1}};
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
	if (ftruncate(slim->blob_fd, 0) < 0 || lseek(slim->blob_fd, 0, SEEK_SET) < 0)
		return err_sys(err, errno, "file-write", "empty the layer file");
	return rewrite_finish(slim->tar_fd, slim->blob_fd, w, slim->session->progress, &slim->result, err);
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
	slim->figures = (struct report_image){
	    .size_bytes = slim->result.bytes,
	    .compressed_bytes = slim->unpacked_there && !slim->compression_set ? 0 : slim->result.layer.blob_size,
	    .layers = 1,
	};
	for (uint32_t id = 0; id < image_index_count(index); id++)
		slim->figures.files += keep_has(slim->keep, id) && S_ISREG(image_index_node(index, id)->mode);
}

int pipeline_slim_image_make(struct pipeline_slim_image *slim, struct err *err)
{
	struct pipeline_session *s = slim->session;
	int r = progress_step(s->progress, "pack", 0, 0, "", err);
	rewrite_result_done(&slim->result);
	if (r < 0 || (r = new_tar(slim, err)) < 0)
		return r;
	return rewrite_make(slim->keep, &s->image.config, slim->tar_fd, &slim->rewrite, s->progress, &slim->result,
			    err);
}

int pipeline_slim_image_compress(struct pipeline_slim_image *slim, struct err *err)
{
	struct rewrite_options w = slim->rewrite;
	CLEANUP_FREE char *why = slim->packages && w.family == OCI_FAMILY_OCI
				     ? report_why_annotation_make(slim->keep, slim->packages)
				     : NULL;
	w.annotation = REPORT_WHY_ANNOTATION;
	w.annotation_value = why;
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
	describe(slim);
	return 0;
}

int pipeline_slim_image_pack(struct pipeline_slim_image *slim, struct err *err)
{
	int r = pipeline_slim_image_make(slim, err);
	return r < 0 ? r : pipeline_slim_image_compress(slim, err);
}

int pipeline_slim_image_blob(const struct pipeline_slim_image *slim)
{
	return slim->compressed ? slim->blob_fd : slim->tar_fd;
}

/* Only when the user did not choose the compression: a chosen one may cost what it costs. */
bool pipeline_prefers_source(const struct pipeline_slim_image *slim)
{
	if (slim->rewrite.config_edit && !rewrite_config_edit_is_empty(slim->rewrite.config_edit))
		return false;
	if (slim->compression_set || slim->unpacked_there || !has_blobs(slim->session))
		return false;
	bool nothing_gone =
	    slim->result.layer.blob_size >= source_blob_bytes(slim) && slim->result.bytes >= source_bytes(slim);
	return is_larger(slim) || nothing_gone;
}

static int unpack(struct pipeline_slim_image *slim, unsigned round, struct err *err)
{
	struct pipeline_session *s = slim->session;
	const struct progress quiet = {.cancel_fd = s->progress ? s->progress->cancel_fd : -1,
				       .timings = progress_timings(s->progress)};
	CLEANUP_FREE char *store = mem_printf("%s/" STORE_NAME, s->run.path);
	CLEANUP_FREE char *layout = mem_printf("%s/" LAYOUT_NAME, s->run.path);
	CLEANUP_FREE char *tag = mem_printf("round%u", round);
	const struct oci_ref ref = {.scheme = OCI_SCHEME_OCI, .location = layout, .tag = tag};
	int r = 0;
	if (slim->store.fd < 0 && (r = store_open(store, &slim->store, err)) < 0)
		return r;
	size_t step = timings_begin(quiet.timings, "write the candidate", NULL);
	if ((r = publish_layout(&ref, &slim->result, pipeline_slim_image_blob(slim), err)) < 0)
		return r;
	timings_next(quiet.timings, &step, "unpack the candidate", NULL);
	r = pipeline_unpacked_open(&ref, &s->image.config.platform, &slim->store, &s->run, NULL, &quiet, &slim->opened,
				   err);
	timings_end(quiet.timings, step);
	return r;
}

static void unmount(struct pipeline_slim_image *slim)
{
	struct pipeline_slim_mount *m = &slim->mount;
	image_index_free(m->index);
	erofs_layer_done(&m->layer);
	oci_image_config_done(&m->config);
	*m = (struct pipeline_slim_mount){0};
}

static int mount_tar(struct pipeline_slim_image *slim, struct err *err)
{
	const struct store_run *run = &slim->session->run;
	const struct rewrite_result *result = &slim->result;
	struct pipeline_slim_mount *m = &slim->mount;
	const size_t step = timings_begin(progress_timings(slim->session->progress), "mount the candidate", NULL);
	int r = erofs_layer_open(run->fd, run->path, slim->tar_fd, &result->layer.diff_id, result->layer.tar_size,
				 &m->layer, err);
	if (r == 0)
		r = image_index_build(&m->layer.layers, &m->index, err);
	if (r == 0)
		r = oci_image_config_parse(result->config_bytes.data, result->config_bytes.len, &m->config, err);
	if (r < 0)
		unmount(slim);
	timings_end(progress_timings(slim->session->progress), step);
	return r;
}

int pipeline_slim_image_open(void *ctx, unsigned round, struct verify_target *out, struct err *err)
{
	struct pipeline_slim_image *slim = ctx;
	struct err why = {0};
	int r = 0;
	if (round > 1 && ((r = slim->complete(slim->ctx, err)) < 0 || (r = pipeline_slim_image_pack(slim, err)) < 0))
		return r;
	r = mount_tar(slim, &why);
	if (r == 0) {
		log_debug("round %u tries the packed layer itself, mounted by EROFS", round);
		*out = (struct verify_target){{&slim->mount.layer.layers, &slim->mount.config}, slim->mount.index};
		return 0;
	}
	if (r != -ERR_UNSUPPORTED) {
		if (err)
			*err = why;
		return r;
	}
	log_debug("round %u unpacks the packed layer: %s", round, why.msg);
	if ((r = unpack(slim, round, err)) == 0)
		*out = (struct verify_target){{&slim->opened.layers, &slim->opened.image.config}, slim->opened.index};
	return r;
}

void pipeline_slim_image_close(void *ctx)
{
	struct pipeline_slim_image *slim = ctx;
	unmount(slim);
	pipeline_unpacked_done(&slim->opened);
}

void pipeline_slim_image_remove_unpacked(struct pipeline_slim_image *slim)
{
	pipeline_slim_image_close(slim);
	store_done(&slim->store);
	(void)fd_remove_tree(slim->session->run.fd, STORE_NAME, NULL); /* what stays goes with the run */
	(void)fd_remove_tree(slim->session->run.fd, LAYOUT_NAME, NULL);
}

void pipeline_slim_image_done(struct pipeline_slim_image *slim)
{
	if (!slim->session)
		return;
	pipeline_slim_image_close(slim);
	rewrite_result_done(&slim->result);
	store_done(&slim->store);
	cleanup_closep(&slim->tar_fd);
	cleanup_closep(&slim->blob_fd);
}
