#include "transport/file/archive_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "oci/name.h"
#include "os/output_file.h"
#include "transport/file/docker_manifest.h"
#include "transport/file/layout_index.h"
#include "transport/file/staging.h"
#include "transport/file/tar_writer.h"

#define TAR_NAME "archive"

struct archive_sink {
	struct output_file file;
	bool docker;
	char *tag;                   /* oci-archive: the tag; NULL = none */
	struct strlist tags;         /* docker-archive: "repo:tag" */
	bool in_place;               /* the file can't be replaced by a new one */
	struct file_staging staging; /* beside the file, or, in place, among the files of the run */
};

void file_archive_sink_abandon(void *ctx)
{
	struct archive_sink *s = ctx;
	file_staging_done(&s->staging);
	output_file_done(&s->file);
	free(s->tag);
	strlist_done(&s->tags);
	free(s);
}

static int prepare(struct archive_sink *s, const char *path, const char *tmp_dir, struct err *err)
{
	int r = output_file_open(path, &s->file, err);
	if (r < 0)
		return r;
	s->in_place = !output_file_is_replaceable(&s->file);
	if (!s->in_place)
		return file_staging_open(s->file.dir, path, &s->staging, err);
	if (!tmp_dir)
		return err_set(err, ERR_INVAL, "temporary-directory-missing",
			       "the archive is written in place and there is no temporary directory for its parts");
	CLEANUP_FD int dir = open(tmp_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? err_sys(err, errno, "directory-open", "cannot open directory %s", tmp_dir)
		       : file_staging_open(dir, tmp_dir, &s->staging, err);
}

static int add_name(struct archive_sink *s, const char *name, struct err *err)
{
	char *full = NULL;
	int r = name[0] ? oci_name_with_tag(name, &full, err) : 0;
	if (full)
		strlist_take(&s->tags, full);
	return r;
}

static int create(const struct oci_ref *ref, const struct transport_options *options, bool docker, void **ctx,
		  struct err *err)
{
	const struct strlist *names = docker ? options->names : NULL;
	struct archive_sink *s = mem_alloc(sizeof(*s));
	*s = (struct archive_sink){.file = OUTPUT_FILE_NONE, .docker = docker, .staging = {.parent = -1, .fd = -1}};
	if (!docker)
		s->tag = mem_strdup(ref->tag);
	int r = docker && ref->tag ? add_name(s, ref->tag, err) : 0;
	for (size_t i = 0; names && r == 0 && i < names->count; i++)
		r = add_name(s, names->items[i], err);
	if (r == 0)
		r = prepare(s, ref->location, options->tmp_dir, err);
	if (r < 0)
		file_archive_sink_abandon(s);
	else
		*ctx = s;
	return r;
}

int file_archive_sink_create_oci(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
				 struct err *err)
{
	return create(ref, options, false, ctx, err);
}

int file_archive_sink_create_docker(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
				    struct err *err)
{
	return create(ref, options, true, ctx, err);
}

int file_archive_sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	struct archive_sink *s = ctx;
	return file_staging_put(&s->staging, d, fd, data, err);
}

static void docker_manifest(const struct archive_sink *s, const struct oci_manifest *m, struct buf *out)
{
	char path[FILE_LAYOUT_BLOB_PATH];
	CLEANUP_STRLIST struct strlist layers = {0};
	for (size_t i = 0; i < m->n_layers; i++)
		strlist_add(&layers, file_layout_blob_path(&m->layers[i].digest, path));
	file_docker_manifest_write(file_layout_blob_path(&m->config.digest, path), &layers, &s->tags, out);
}

static int write_blobs(struct archive_sink *s, int tar, struct err *err)
{
	int r = file_tar_writer_dir(tar, "blobs/", err);
	if (r == 0)
		r = file_tar_writer_dir(tar, FILE_LAYOUT_BLOBS "/", err);
	CLEANUP_FREE size_t *order = strset_sorted(&s->staging.names);
	for (size_t i = 0; r == 0 && i < s->staging.names.count; i++) {
		const char *hex = strset_get(&s->staging.names, order[i]);
		CLEANUP_FREE char *path = mem_printf(FILE_LAYOUT_BLOBS "/%s", hex);
		CLEANUP_FD int fd = openat(s->staging.fd, hex, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return err_sys(err, errno, "file-open", "%s", hex);
		r = file_tar_writer_file(tar, path, NULL, fd, s->staging.sizes[order[i]], err);
	}
	return r;
}

static int write_index(struct archive_sink *s, const struct oci_descriptor *d, struct buf *out, struct err *err)
{
	CLEANUP_BUF struct buf old = {0};
	int r = 0;
	if (!s->tags.count)
		return file_layout_update(&old, d, s->tag, NULL, out, err);
	for (size_t i = 0; r == 0 && i < s->tags.count; i++) { /* containerd wants an entry for each name */
		CLEANUP_FREE char *full = oci_name_full(s->tags.items[i]);
		buf_done(&old);
		old = *out;
		*out = (struct buf){0};
		r = file_layout_update(&old, d, oci_name_tag(s->tags.items[i]), full, out, err);
	}
	return r;
}

/* Members in byte order of their names. */
static int write_tar(struct archive_sink *s, int tar, const struct oci_descriptor *d, const struct oci_manifest *m,
		     struct err *err)
{
	CLEANUP_BUF struct buf index = {0}, docker = {0};
	int r = write_index(s, d, &index, err);
	if (r == 0)
		r = write_blobs(s, tar, err);
	if (r == 0)
		r = file_tar_writer_file(tar, FILE_LAYOUT_INDEX, index.data, -1, index.len, err);
	if (r == 0 && s->docker) {
		docker_manifest(s, m, &docker);
		r = file_tar_writer_file(tar, "manifest.json", docker.data, -1, docker.len, err);
	}
	if (r == 0)
		r = file_tar_writer_file(tar, FILE_LAYOUT_FILE, FILE_LAYOUT_FILE_TEXT, -1,
					 strlen(FILE_LAYOUT_FILE_TEXT), err);
	return r == 0 ? file_tar_writer_end(tar, err) : r;
}

int file_archive_sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
			     const struct oci_manifest *manifest, struct err *err)
{
	struct archive_sink *s = ctx;
	if (s->docker && !manifest)
		return err_set(err, ERR_UNSUPPORTED, "destination-takes-no-index",
			       "a docker-archive cannot hold an index of several platforms");
	int r = file_archive_sink_put(s, d, -1, bytes->data, err);
	if (r < 0)
		return r;
	CLEANUP_FD int tar =
	    s->in_place ? output_file_begin(&s->file, err) : file_staging_create(&s->staging, TAR_NAME, err);
	if (tar < 0)
		return tar;
	r = write_tar(s, tar, d, manifest, err);
	if (r < 0)
		return r;
	return s->in_place ? output_file_end(&s->file, tar, err)
			   : output_file_replace(&s->file, tar, s->staging.fd, TAR_NAME, err);
}
