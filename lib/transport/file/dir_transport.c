/* dir:DIR, an image as loose files. Spec: containers-transports(5); containers/image directory/directory_transport.go
 * (the names): version, manifest.json (of an image or an index), HEX.manifest.json for the manifests that an index
 * names, HEX for all other blobs, signature-N. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "oci/index.h"
#include "os/fd.h"
#include "text/json.h"
#include "text/path.h"
#include "transport/backend.h"
#include "transport/file/directory.h"
#include "transport/file/staging.h"

#define VERSION_FILE "version"
#define VERSION_BEGIN "Directory Transport Version: 1."
#define VERSION_TEXT "Directory Transport Version: 1.1\n"
#define MANIFEST_FILE "manifest.json"
#define INSTANCE_END ".manifest.json"

/* free() */
static char *blob_name(const struct oci_descriptor *d)
{
	return mem_printf("%s%s", oci_digest_hex(&d->digest),
			  oci_media_type_is_manifest(d->media_type) ? INSTANCE_END : "");
}

/* ---- source ---- */

struct dir_source {
	int dir;
};

static void source_close(void *ctx)
{
	struct dir_source *s = ctx;
	if (s->dir >= 0)
		close(s->dir);
	free(s);
}

static int source_load(struct dir_source *s, const char *path, struct err *err)
{
	s->dir = file_directory_open(path, err);
	if (s->dir < 0)
		return s->dir;
	if (file_directory_has_file(s->dir, MANIFEST_FILE))
		return 0;
	return err_set(err, ERR_INVAL, "directory-not-image", "the directory has no " MANIFEST_FILE "%s",
		       file_directory_has_file(s->dir, "oci-layout") ? ": it is an OCI layout, name it as oci:DIR"
								     : " and holds no image");
}

static int source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	struct dir_source *s = mem_alloc(sizeof(*s));
	int r = source_load(s, ref->location, err);
	if (r < 0)
		source_close(s);
	else
		*ctx = s;
	return r;
}

/* What nothing describes describes itself: by its mediaType, or where it has none by its shape. */
static int guess_type(const struct buf *text, struct oci_descriptor *d, struct err *err)
{
	json_auto_t *v = NULL;
	const char *type = NULL;
	int r = json_parse_object(text->data, text->len, LIMIT_MANIFEST, MANIFEST_FILE, &v, err);
	if (r < 0 || (r = json_get_string(v, "mediaType", false, &type, err)) < 0)
		return r;
	if (!type)
		type = json_object_get(v, "manifests") ? OCI_MEDIA_INDEX : OCI_MEDIA_MANIFEST;
	if (strlen(type) >= sizeof(d->media_type))
		return err_set(err, ERR_CORRUPT, "media-type-too-long", MANIFEST_FILE " has a media type of %zu bytes",
			       strlen(type));
	strcpy(d->media_type, type);
	return 0;
}

static int source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	const struct dir_source *s = ctx;
	int r = file_directory_read_file(s->dir, MANIFEST_FILE, out, err);
	if (r < 0)
		return r;
	oci_descriptor_of("", out->data, out->len, d);
	return guess_type(out, d, err);
}

static int source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err)
{
	const struct dir_source *s = ctx;
	CLEANUP_FREE char *name = blob_name(d);
	return file_directory_open_blob(s->dir, name, d, out, err);
}

/* ---- sink ---- */

struct dir_sink {
	char *place;       /* what DIR is called in parent_path */
	char *parent_path; /* the directory that it is, or will be, in */
	int parent;
	size_t made; /* of parent_path, see file_directory_make */
	bool committed;
	struct file_staging staging; /* beside DIR */
};

/* Remove the files that were made for the image, unless it was committed. */
static void sink_leave(struct dir_sink *s)
{
	file_staging_done(&s->staging);
	if (s->parent >= 0)
		close(steal_fd(&s->parent));
	if (!s->committed && s->parent_path)
		file_directory_unmake(s->parent_path, s->made);
	s->made = 0;
}

static void sink_abandon(void *ctx)
{
	struct dir_sink *s = ctx;
	sink_leave(s);
	free(s->parent_path);
	free(s->place);
	free(s);
}

/* Whether a dir: image may have a file of this name. */
static bool is_of_image(const char *name)
{
	size_t hex = strspn(name, "0123456789abcdef");
	const char *rest = name + hex;
	if (hex == 64 && (!*rest || strcmp(rest, INSTANCE_END) == 0))
		return true;
	if (strcmp(name, VERSION_FILE) == 0 || strcmp(name, MANIFEST_FILE) == 0)
		return true;
	if (hex == 64 && *rest == '.')
		name = rest + 1;
	return strncmp(name, "signature-", 10) == 0 && name[10] && !name[10 + strspn(name + 10, "0123456789")];
}

/* The first name in dir that no dir: image has; free(). NULL = none. */
static char *find_foreign(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	char *found = NULL;
	for (struct dirent *e; !found && (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && !is_of_image(e->d_name))
			found = mem_strdup(e->d_name);
	closedir(d);
	return found;
}

/* The old directory is removed as a whole, so it must be an image and nothing else. */
static int check_replaceable(int dir, struct err *err)
{
	CLEANUP_BUF struct buf version = {0};
	if (file_directory_is_empty(dir))
		return 0;
	if (!file_directory_has_file(dir, VERSION_FILE))
		return err_set(err, ERR_INVAL, "destination-not-empty",
			       "the directory is neither empty nor an image of dir:; name a new one for the image");
	int r = file_directory_read_file(dir, VERSION_FILE, &version, err);
	if (r < 0)
		return r;
	if (strncmp(version.data ? version.data : "", VERSION_BEGIN, strlen(VERSION_BEGIN)) != 0)
		return err_set(err, ERR_UNSUPPORTED, "dir-version-unsupported",
			       "its file " VERSION_FILE " does not say \"" VERSION_BEGIN
			       "1\"; name a new directory for the image");
	CLEANUP_FREE char *foreign = find_foreign(dir);
	if (foreign)
		return err_set(
		    err, ERR_INVAL, "destination-not-empty",
		    "the directory holds %s, which does not belong to an image; move it away, or name a new directory",
		    foreign);
	return 0;
}

/* DIR that is there. */
static int check_place(const char *path, struct err *err)
{
	CLEANUP_FD int dir = file_directory_open(path, err);
	struct statx x = {0};
	if (dir < 0)
		return dir;
	if (statx(dir, "", AT_EMPTY_PATH, STATX_TYPE, &x) == 0 && (x.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return err_set(err, ERR_INVAL, "destination-is-mount-point",
			       "the directory is a mount point and can't be replaced as a whole; name one below it");
	return check_replaceable(dir, err);
}

/* Find the parent directory and the name of DIR, which need not exist yet. */
static int find_place(struct dir_sink *s, const char *location, struct err *err)
{
	CLEANUP_FREE char *path = realpath(location, NULL);
	int missing = path ? 0 : errno;
	if (missing && missing != ENOENT)
		return err_sys(err, missing, "directory-open", "cannot look up the directory");
	if (missing)
		path = mem_strdup(location);
	else if (check_place(path, err) < 0)
		return -(int)err->code;
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	char *slash = strrchr(path, '/');
	s->place = mem_strdup(slash ? slash + 1 : path);
	s->parent_path = mem_strndup(slash == path ? "/"
				     : slash       ? path
						   : ".",
				     slash && slash != path ? (size_t)(slash - path) : 1);
	if (!*s->place || strcmp(s->place, ".") == 0 || strcmp(s->place, "..") == 0)
		return err_set(err, ERR_INVAL, "destination-path-indirect",
			       "name the directory itself, not a path through one that does not exist");
	return 0;
}

static int sink_prepare(struct dir_sink *s, struct err *err)
{
	bool has_blobs = s->staging.names.count; /* which would be lost with the directory */
	if (s->parent >= 0 && (has_blobs || !file_directory_is_removed(s->parent)))
		return 0;
	sink_leave(s);
	s->parent = file_directory_make(s->parent_path, &s->made, err);
	return s->parent < 0 ? s->parent : file_staging_open(s->parent, s->parent_path, &s->staging, err);
}

static int sink_create(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	struct dir_sink *s = mem_alloc(sizeof(*s));
	*s = (struct dir_sink){.parent = -1, .staging = {.parent = -1, .fd = -1}};
	struct err e = {0}; /* the code is needed */
	unsigned tries = 0;
	int r = find_place(s, ref->location, &e);
	if (r == 0)
		do
			r = sink_prepare(s, &e);
		while (file_directory_is_worth_a_try(r, s->parent, &tries));
	if (r < 0) {
		sink_abandon(s);
		if (err)
			*err = e;
		return r;
	}
	if (s->made) /* it is made again for the first blob: till then nothing is there, even if we are killed */
		sink_leave(s);
	*ctx = s;
	return 0;
}

static int sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	struct dir_sink *s = ctx;
	unsigned tries = 0;
	int r;
	do {
		r = sink_prepare(s, err);
		if (r == 0)
			r = file_staging_put(&s->staging, d, fd, data, err);
	} while (file_directory_is_worth_a_try(r, s->parent, &tries));
	if (r < 0 || !oci_media_type_is_manifest(d->media_type))
		return r;
	CLEANUP_FREE char *name = blob_name(d);
	if (renameat(s->staging.fd, oci_digest_hex(&d->digest), s->staging.fd, name) < 0)
		return err_sys(err, errno, "file-write", "cannot write %s", name);
	return 0;
}

static int write_text(struct dir_sink *s, const char *name, const char *text, size_t n, struct err *err)
{
	CLEANUP_FD int fd = file_staging_create(&s->staging, name, err);
	return fd < 0 ? fd : fd_write_all(fd, text, n, err);
}

/* All that is staged into the directory "image" of the staging directory, on the disk. */
static int assemble(struct dir_sink *s, struct err *err)
{
	if (mkdirat(s->staging.fd, "image", 0755) < 0)
		return err_sys(err, errno, "directory-create", "cannot create %s/image", s->staging.name);
	CLEANUP_FD int image = openat(s->staging.fd, "image", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int list = openat(s->staging.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = list < 0 ? NULL : fdopendir(list);
	if (!d && list >= 0)
		close(list);
	int r = d && image >= 0 ? 0 : err_sys(err, errno, "directory-read", "cannot list %s", s->staging.name);
	for (struct dirent *e; r == 0 && (e = readdir(d));) {
		if (!is_of_image(e->d_name))
			continue;
		CLEANUP_FD int fd = openat(s->staging.fd, e->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		r = fd < 0 ? err_sys(err, errno, "file-open", "%s", e->d_name)
			   : file_staging_publish(&s->staging, fd, e->d_name, image, e->d_name, err);
	}
	if (d)
		closedir(d);
	if (r == 0 && fsync(image) < 0)
		r = err_sys(err, errno, "file-write", "cannot write %s/image", s->staging.name);
	return r;
}

/* "image" takes DIR's place in one step; what was there goes with the staging directory. */
static int exchange(struct dir_sink *s, struct err *err)
{
	CLEANUP_FD int there = openat(s->parent, s->place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (there < 0 && errno != ENOENT)
		return err_sys(err, errno, "directory-open", "cannot open the directory");
	if (there < 0) {
		if (renameat2(s->staging.fd, "image", s->parent, s->place, RENAME_NOREPLACE) < 0)
			return err_sys(err, errno, "file-write", "cannot write the directory");
		return 0;
	}
	int r = check_replaceable(there, err); /* it may be another one by now */
	if (r < 0)
		return r;
	if (fstat(there, &st) < 0 || fchmodat(s->staging.fd, "image", st.st_mode & 07777, 0) < 0)
		return err_sys(err, errno, "directory-write", "cannot set the mode of the directory");
	if (renameat2(s->staging.fd, "image", s->parent, s->place, RENAME_EXCHANGE) == 0)
		return 0;
	return errno == EINVAL || errno == ENOSYS
		   ? err_set(err, ERR_UNSUPPORTED, "directory-replace-unsupported",
			     "this file system cannot replace a directory in one step; remove it first, or name a new "
			     "one")
		   : err_sys(err, errno, "directory-replace", "cannot replace the directory");
}

static int sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
		       const struct oci_manifest *manifest, struct err *err)
{
	struct dir_sink *s = ctx;
	int r = sink_prepare(s, err);
	if (r == 0)
		r = write_text(s, VERSION_FILE, VERSION_TEXT, strlen(VERSION_TEXT), err);
	if (r == 0)
		r = write_text(s, MANIFEST_FILE, bytes->data, bytes->len, err);
	if (r == 0)
		r = assemble(s, err);
	if (r == 0)
		r = exchange(s, err);
	s->committed = r == 0;
	return r;
}

const struct transport_backend transport_dir = {
    .traits = {.any_family = true, .holds_index = true, .elsewhere = TRANSPORT_DEFAULT_DIRECTORY},
    .open = source_open,
    .top = source_top,
    .blob = source_blob,
    .close = source_close,
    .create = sink_create,
    .put = sink_put,
    .commit = sink_commit,
    .abandon = sink_abandon,
};
