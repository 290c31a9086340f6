/* rootfs:DIR[:CONFIG], a plain directory as an image of one layer, which is used where it is. Nothing of it is copied
 * and no tar of it exists, so its manifest, config and diff ID are made up here. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "os/walk.h"
#include "text/json.h"
#include "transport/backend.h"
#include "transport/file/directory.h"

struct rootfs_dir {
	char *path; /* absolute, without symlinks */
	json_t *config;
	struct oci_digest diff_id;
	struct buf config_bytes;
};

static void source_close(void *ctx)
{
	struct rootfs_dir *s = ctx;
	free(s->path);
	json_decref(s->config);
	buf_done(&s->config_bytes);
	free(s);
}

/* ---- the config ---- */

/* A whole image config, or what is in its member "config". */
static bool is_image_config(const json_t *v)
{
	static const char *const members[] = {"config", "architecture", "os", "rootfs", "history"};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_get(v, members[i]))
			return true;
	return false;
}

static int load_config(struct rootfs_dir *s, const char *path, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	uint64_t size;
	json_t *v = NULL;
	CLEANUP_FD int fd = file_directory_open_file(AT_FDCWD, path, &size, err);
	int r = fd < 0 ? fd : fd_read_all(fd, LIMIT_CONFIG, path, &text, err);
	if (r == 0)
		r = json_parse_object(text.data, text.len, LIMIT_CONFIG, path, &v, err);
	if (r < 0)
		return err_wrap(err, "the config");
	if (is_image_config(v)) {
		s->config = v;
		return 0;
	}
	s->config = json_object();
	json_object_set_new(s->config, "config", v);
	return 0;
}

/* Fill in the facts that the directory itself gives: its platform if the file has none, its only layer, no history. */
static void complete_config(struct rootfs_dir *s)
{
	struct oci_platform host;
	oci_platform_host(&host);
	if (!json_object_get(s->config, "os") && !json_object_get(s->config, "architecture")) {
		json_object_set_new(s->config, "os", json_string(host.os));
		json_object_set_new(s->config, "architecture", json_string(host.arch));
		if (*host.variant)
			json_object_set_new(s->config, "variant", json_string(host.variant));
	}
	if (!json_object_get(s->config, "config"))
		json_object_set_new(s->config, "config", json_object());
	json_object_del(s->config, "history");
	json_object_set_new(s->config, "rootfs",
			    json_pack("{s:s, s:[s]}", "type", "layers", "diff_ids", s->diff_id.text));
	json_write(s->config, &s->config_bytes);
}

/* ---- the diff ID ---- */

struct listing {
	struct sha256 *hash;
	dev_t dev;
};

static int hash_entry(void *ctx, const struct walk_entry *e, struct err *err)
{
	struct listing *l = ctx;
	const struct stat *st = &e->st;
	bool mounted = st->st_dev != l->dev; /* an overlay does not see it */
	char target[LIMIT_PATH + 1];
	ssize_t n = S_ISLNK(st->st_mode) ? readlinkat(e->dir, e->name, target, sizeof(target)) : 0;
	if (n < 0)
		return err_sys(err, errno, "symlink-read", "cannot read a symlink");
	bool sized = S_ISREG(st->st_mode);
	CLEANUP_FREE char *line =
	    mem_printf("%o %u:%u %llu %lld.%09ld %u:%u", mounted ? 0 : (unsigned)st->st_mode, mounted ? 0 : st->st_uid,
		       mounted ? 0 : st->st_gid, sized ? (unsigned long long)st->st_size : 0ull,
		       mounted ? 0ll : (long long)st->st_mtim.tv_sec, mounted ? 0l : st->st_mtim.tv_nsec,
		       S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) ? major(st->st_rdev) : 0,
		       S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) ? minor(st->st_rdev) : 0);
	sha256_update(l->hash, e->path, strlen(e->path) + 1);
	sha256_update(l->hash, line, strlen(line) + 1);
	sha256_update(l->hash, target, (size_t)n);
	return 0;
}

/* A real diff ID is the digest of a tar, but a directory does not have a tar. This ID is the digest of a listing,
 * behind a line with which no tar begins: every path with its type, mode, owner, size, time of last change, device
 * numbers and link target. The same directory gives the same ID until something in it changes; contents are not read.
 */
static int make_diff_id(struct rootfs_dir *s, int dir, struct err *err)
{
	static const char begin[] = "slim.rootfs-listing/v1\n";
	CLEANUP_SHA256 struct sha256 *hash = sha256_new();
	struct listing l = {.hash = hash};
	struct stat st;
	if (fstat(dir, &st) < 0)
		return err_sys(err, errno, "directory-open", "the directory");
	l.dev = st.st_dev;
	sha256_update(hash, begin, strlen(begin));
	const struct walk_entry root = {.dir = dir, .name = ".", .path = "", .st = st};
	int r = hash_entry(&l, &root, err);
	if (r == 0)
		r = walk_tree(dir, hash_entry, &l, err);
	uint8_t bytes[SHA256_SIZE];
	sha256_final(hash, bytes);
	oci_digest_from_bytes(bytes, &s->diff_id);
	return r;
}

/* ---- the backend ---- */

/* It becomes the lower directory of overlays, which only who owns it, or may read all, can use. */
static int open_root(struct rootfs_dir *s, const char *location, struct err *err)
{
	s->path = realpath(location, NULL);
	if (!s->path)
		return err_sys(err, errno, "directory-open", "cannot open the directory");
	CLEANUP_FD int dir = file_directory_open(s->path, err);
	struct stat st;
	if (dir < 0)
		return dir;
	if (fstat(dir, &st) < 0)
		return err_sys(err, errno, "directory-open", "the directory");
	if (!privilege_is_full() && st.st_uid != geteuid())
		return err_set(err, ERR_DENIED, "directory-of-other-user",
			       "the directory belongs to another user: run slim as its owner or as root");
	return steal_fd(&dir);
}

static int source_load(struct rootfs_dir *s, const struct oci_ref *ref, struct err *err)
{
	CLEANUP_FD int dir = open_root(s, ref->location, err);
	int r = dir < 0 ? dir : 0;
	if (r == 0 && ref->tag)
		r = load_config(s, ref->tag, err);
	else
		s->config = json_object();
	if (r == 0)
		r = make_diff_id(s, dir, err);
	if (r == 0)
		complete_config(s);
	return r;
}

static int source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	struct rootfs_dir *s = mem_alloc(sizeof(*s));
	int r = source_load(s, ref, err);
	if (r < 0)
		source_close(s);
	else
		*ctx = s;
	return r;
}

static int source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	const struct rootfs_dir *s = ctx;
	struct oci_descriptor layer = {.digest = s->diff_id};
	struct oci_manifest m = {.family = OCI_FAMILY_OCI, .layers = &layer, .n_layers = 1};
	strcpy(layer.media_type, OCI_MEDIA_LAYER);
	oci_descriptor_of(OCI_MEDIA_CONFIG, s->config_bytes.data, s->config_bytes.len, &m.config);
	oci_manifest_write(&m, out);
	*d = (struct oci_descriptor){.media_type = OCI_MEDIA_MANIFEST, .size = out->len};
	return 0;
}

struct memory {
	const struct buf *bytes;
	size_t at;
};

static ssize_t read_memory(void *ctx, void *buf, size_t n, struct err *err)
{
	struct memory *m = ctx;
	size_t left = m->bytes->len - m->at;
	n = n < left ? n : left;
	memcpy(buf, m->bytes->data + m->at, n);
	m->at += n;
	return (ssize_t)n;
}

static int source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err)
{
	const struct rootfs_dir *s = ctx;
	if (oci_digest_equal(&d->digest, &s->diff_id))
		return err_set(err, ERR_UNSUPPORTED, "directory-used-in-place",
			       "the directory is used in place: there is no tar of it to read");
	struct memory *m = mem_alloc(sizeof(*m));
	*m = (struct memory){.bytes = &s->config_bytes};
	*out = (struct io_reader){.read = read_memory, .close = free, .ctx = m};
	return 0;
}

static int source_unpacked(void *ctx, struct transport_image *image, struct err *err)
{
	const struct rootfs_dir *s = ctx;
	image->unpacked = mem_calloc(1, sizeof(*image->unpacked));
	image->unpacked[0].path = mem_strdup(s->path);
	image->n_unpacked = 1;
	return 0;
}

const struct transport_backend transport_rootfs_dir = {
    .traits = {.directory = true, .elsewhere = TRANSPORT_DEFAULT_LAYOUT},
    .open = source_open,
    .top = source_top,
    .blob = source_blob,
    .unpacked = source_unpacked,
    .close = source_close,
};
