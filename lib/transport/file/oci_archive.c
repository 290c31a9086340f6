/* oci-archive:FILE[:TAG]: a tar of an OCI layout. Spec: image-spec 1.1, image-layout.md. */
#include "base/limits.h"
#include "base/mem.h"
#include "transport/file/archive_sink.h"
#include "transport/file/layout_index.h"
#include "transport/file/tar_index.h"

struct oci_archive {
	struct file_tar_index *tar;
	char *tag;
	struct buf index;
};

static void source_close(void *ctx)
{
	struct oci_archive *s = ctx;
	file_tar_index_free(s->tar);
	free(s->tag);
	buf_done(&s->index);
	free(s);
}

static int source_load(struct oci_archive *s, const char *path, const char *tmp_dir, struct err *err)
{
	int r = file_tar_index_open(path, tmp_dir, &s->tar, err);
	if (r < 0)
		return r;
	if (!file_tar_index_has(s->tar, FILE_LAYOUT_FILE) && file_tar_index_has(s->tar, "manifest.json"))
		return err_set(err, ERR_INVAL, "archive-form-wrong",
			       "the archive holds no OCI layout; name it as docker-archive:FILE");
	CLEANUP_BUF struct buf version = {0};
	r = file_tar_index_read(s->tar, FILE_LAYOUT_FILE, LIMIT_MANIFEST, &version, err);
	if (r == 0)
		r = file_layout_check_version(&version, err);
	return r < 0 ? err_wrap(err, "this is not an OCI layout")
		     : file_tar_index_read(s->tar, FILE_LAYOUT_INDEX, LIMIT_MANIFEST, &s->index, err);
}

static int source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	struct oci_archive *s = mem_alloc(sizeof(*s));
	s->tag = mem_strdup(ref->tag);
	int r = source_load(s, ref->location, options->tmp_dir, err);
	if (r < 0)
		source_close(s);
	else
		*ctx = s;
	return r;
}

static int source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	struct oci_archive *s = ctx;
	return file_layout_top(&transport_oci_archive, s, &s->index, s->tag, out, d, name, err);
}

static int source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err)
{
	struct oci_archive *s = ctx;
	return file_tar_index_blob(s->tar, d, out, err);
}

static void source_find_base(void *ctx, const struct oci_ref *ref, struct oci_base_search *search)
{
	struct oci_archive *s = ctx;
	file_layout_find_base(&transport_oci_archive, s, ref, &s->index, search);
}

const struct transport_backend transport_oci_archive = {
    .traits = {.family = OCI_FAMILY_OCI, .holds_index = true, .elsewhere = TRANSPORT_DEFAULT_FILE},
    .open = source_open,
    .top = source_top,
    .blob = source_blob,
    .find_base = source_find_base,
    .close = source_close,
    .create = file_archive_sink_create_oci,
    .put = file_archive_sink_put,
    .commit = file_archive_sink_commit,
    .abandon = file_archive_sink_abandon,
};
