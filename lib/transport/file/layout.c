/* oci:DIR[:TAG]. Spec: image-spec 1.1, image-layout.md. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"
#include "transport/backend.h"
#include "transport/file/directory.h"
#include "transport/file/layout_index.h"
#include "transport/file/staging.h"

static int check_layout(int dir, struct err *err)
{
	CLEANUP_BUF struct buf file = {0};
	int r = file_directory_read_file(dir, FILE_LAYOUT_FILE, &file, err);
	return r < 0 ? r : file_layout_check_version(&file, err);
}

/* ---- source ---- */

struct layout_source {
	int dir;
	char *tag;
	struct buf index;
};

static void source_close(void *ctx)
{
	struct layout_source *s = ctx;
	if (s->dir >= 0)
		close(s->dir);
	free(s->tag);
	buf_done(&s->index);
	free(s);
}

static int source_load(struct layout_source *s, const char *path, struct err *err)
{
	s->dir = file_directory_open(path, err);
	if (s->dir < 0)
		return s->dir;
	if (!file_directory_has_file(s->dir, FILE_LAYOUT_FILE))
		return err_set(err, ERR_INVAL, "directory-not-image",
			       "the directory is not an OCI layout: it has no file " FILE_LAYOUT_FILE);
	int r = check_layout(s->dir, err);
	return r < 0 ? r : file_directory_read_file(s->dir, FILE_LAYOUT_INDEX, &s->index, err);
}

static int source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	struct layout_source *s = mem_alloc(sizeof(*s));
	s->tag = mem_strdup(ref->tag);
	int r = source_load(s, ref->location, err);
	if (r < 0)
		source_close(s);
	else
		*ctx = s;
	return r;
}

static int source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	struct layout_source *s = ctx;
	return file_layout_top(&transport_layout, s, &s->index, s->tag, out, d, name, err);
}

static int source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err)
{
	struct layout_source *s = ctx;
	char path[FILE_LAYOUT_BLOB_PATH];
	return file_directory_open_blob(s->dir, file_layout_blob_path(&d->digest, path), d, out, err);
}

static void source_find_base(void *ctx, const struct oci_ref *ref, struct oci_base_search *search)
{
	struct layout_source *s = ctx;
	file_layout_find_base(&transport_layout, s, ref, &s->index, search);
}

/* ---- sink ---- */

struct layout_sink {
	char *path, *tag;
	int dir;
	size_t made; /* bytes of path up to the first directory that had to be made; 0 = none */
	bool committed;
	struct file_staging staging;
	struct strset kept; /* blobs that the layout had already: "blobs/sha256/HEX" */
};

static bool has_blob(int dir, const char *path, uint64_t size)
{
	struct stat st;
	return fstatat(dir, path, &st, 0) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == size;
}

/* Remove the files that were made for the image, unless it was committed. */
static void sink_leave(struct layout_sink *s)
{
	file_staging_done(&s->staging);
	if (s->dir >= 0)
		close(steal_fd(&s->dir));
	if (!s->committed)
		file_directory_unmake(s->path, s->made);
	s->made = 0;
}

static void sink_abandon(void *ctx)
{
	struct layout_sink *s = ctx;
	sink_leave(s);
	strset_done(&s->kept);
	free(s->path);
	free(s->tag);
	free(s);
}

static int sink_prepare(struct layout_sink *s, struct err *err)
{
	bool has_blobs = s->staging.names.count || s->kept.count; /* which would be lost with the directory */
	if (s->dir >= 0 && (has_blobs || !file_directory_is_removed(s->dir)))
		return 0;
	sink_leave(s);
	s->dir = file_directory_make(s->path, &s->made, err);
	if (s->dir < 0)
		return s->dir;
	/* in this order: what is first in a new layout is the file */
	if (!file_directory_is_empty(s->dir) && !file_directory_has_file(s->dir, FILE_LAYOUT_FILE))
		return err_set(err, ERR_INVAL, "destination-not-empty",
			       "the directory is neither empty nor an OCI layout; name a new one for the image");
	int r = file_directory_has_file(s->dir, FILE_LAYOUT_FILE) ? check_layout(s->dir, err) : 0;
	return r < 0 ? r : file_staging_open(s->dir, s->path, &s->staging, err);
}

static int sink_create(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	struct layout_sink *s = mem_alloc(sizeof(*s));
	*s = (struct layout_sink){.dir = -1, .staging = {.parent = -1, .fd = -1}};
	s->path = mem_strdup(ref->location);
	s->tag = mem_strdup(ref->tag);
	unsigned tries = 0;
	int r;
	do
		r = sink_prepare(s, err);
	while (file_directory_is_worth_a_try(r, s->dir, &tries));
	if (r < 0) {
		sink_abandon(s);
		return r;
	}
	if (s->made) /* it is made again for the first blob: till then nothing is there, even if we are killed */
		sink_leave(s);
	*ctx = s;
	return 0;
}

static int try_put(struct layout_sink *s, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	char path[FILE_LAYOUT_BLOB_PATH];
	int r = sink_prepare(s, err);
	if (r < 0)
		return r;
	if (!has_blob(s->dir, file_layout_blob_path(&d->digest, path), d->size))
		return file_staging_put(&s->staging, d, fd, data, err);
	strset_add(&s->kept, path);
	return 0;
}

static int sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	struct layout_sink *s = ctx;
	unsigned tries = 0;
	int r;
	do
		r = try_put(s, d, fd, data, err);
	while (file_directory_is_worth_a_try(r, s->dir, &tries));
	return r;
}

/* What a commit put into the layout, to take it out again if the rest fails. */
struct undo {
	int dir;
	bool done, made_layout; /* made_layout: wrote FILE_LAYOUT_FILE */
	struct strset files;
};

static void undo_done(struct undo *u)
{
	for (size_t i = 0; !u->done && i < u->files.count; i++)
		unlinkat(u->dir, strset_get(&u->files, i), 0);
	if (!u->done && unlinkat(u->dir, FILE_LAYOUT_BLOBS, AT_REMOVEDIR) == 0) /* stays if it holds more */
		unlinkat(u->dir, "blobs", AT_REMOVEDIR);
	if (!u->done && u->made_layout) /* last: whoever sees anything of ours sees that it is a layout */
		unlinkat(u->dir, FILE_LAYOUT_FILE, 0);
	strset_done(&u->files);
}

static int publish_blobs(struct layout_sink *s, struct undo *undo, struct err *err)
{
	int r = fd_mkdir_p(s->dir, FILE_LAYOUT_BLOBS, 0755, err);
	for (size_t i = 0; r == 0 && i < s->staging.names.count; i++) {
		const char *hex = strset_get(&s->staging.names, i);
		CLEANUP_FREE char *path = mem_printf(FILE_LAYOUT_BLOBS "/%s", hex);
		if (has_blob(s->dir, path, s->staging.sizes[i]))
			continue;
		CLEANUP_FD int fd = openat(s->staging.fd, hex, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return err_sys(err, errno, "file-open", "%s", hex);
		r = file_staging_publish(&s->staging, fd, hex, s->dir, path, err);
		if (r == 0)
			strset_add(&undo->files, path);
	}
	for (size_t i = 0; r == 0 && i < s->kept.count; i++)
		if (!file_directory_has_file(s->dir, strset_get(&s->kept, i)))
			r = err_set(err, ERR_NOTFOUND, "destination-removed",
				    "%s was removed while the image was written", strset_get(&s->kept, i));
	return r;
}

static int publish_text(struct layout_sink *s, const char *name, const char *text, size_t n, struct err *err)
{
	CLEANUP_FD int fd = file_staging_create(&s->staging, name, err);
	if (fd < 0)
		return fd;
	int r = fd_write_all(fd, text, n, err);
	return r < 0 ? err_wrap(err, "%s", name) : file_staging_publish(&s->staging, fd, name, s->dir, name, err);
}

/* The layout's lock, on a descriptor of its own so that closing it unlocks. */
static int lock_layout(int dir, struct err *err)
{
	CLEANUP_FD int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "layout-lock", "cannot lock the layout");
	int r;
	do
		r = flock(fd, LOCK_EX);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		log_debug("layout is written without a lock: %s", strerror(errno)); /* some network file systems */
	return steal_fd(&fd);
}

static int sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
		       const struct oci_manifest *manifest, struct err *err)
{
	struct layout_sink *s = ctx;
	int r = sink_put(s, d, -1, bytes->data, err);
	if (r < 0)
		return r;
	CLEANUP_FD int lock = lock_layout(s->dir, err);
	if (lock < 0)
		return lock;
	CLEANUP(undo_done) struct undo undo = {.dir = s->dir};
	CLEANUP_BUF struct buf old = {0}, index = {0};
	r = file_directory_has_file(s->dir, FILE_LAYOUT_INDEX)
		? file_directory_read_file(s->dir, FILE_LAYOUT_INDEX, &old, err)
		: 0;
	if (r == 0)
		r = file_layout_update(&old, d, s->tag, NULL, &index, err);
	if (r == 0 && !file_directory_has_file(s->dir, FILE_LAYOUT_FILE)) {
		r = publish_text(s, FILE_LAYOUT_FILE, FILE_LAYOUT_FILE_TEXT, strlen(FILE_LAYOUT_FILE_TEXT), err);
		undo.made_layout = r == 0;
	}
	if (r == 0)
		r = publish_blobs(s, &undo, err);
	if (r == 0)
		r = publish_text(s, FILE_LAYOUT_INDEX, index.data, index.len, err);
	s->committed = undo.done = r == 0;
	return r;
}

const struct transport_backend transport_layout = {
    .traits = {.family = OCI_FAMILY_OCI, .holds_index = true, .elsewhere = TRANSPORT_DEFAULT_TAG},
    .open = source_open,
    .top = source_top,
    .blob = source_blob,
    .find_base = source_find_base,
    .close = source_close,
    .create = sink_create,
    .put = sink_put,
    .commit = sink_commit,
    .abandon = sink_abandon,
};
