#include "rootfs/layer_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#define META_MAX 65536

static int parse_meta(const struct buf *text, struct rootfs_layer *l, bool *needs_parents, struct err *err)
{
	json_auto_t *v = NULL;
	const char *diff_id;
	int r = json_parse_object(text->data, text->len, META_MAX, "meta.json", &v, err);
	if (r < 0 || (r = json_get_string(v, "diff_id", true, &diff_id, err)) < 0 ||
	    (r = oci_digest_parse(diff_id, &l->diff_id, err)) < 0 ||
	    (r = json_get_uint(v, "bytes", true, &l->bytes, err)) < 0 ||
	    (r = json_get_uint(v, "entries", true, &l->entries, err)) < 0 ||
	    (r = json_get_uint(v, "files", true, &l->files, err)) < 0 ||
	    (r = json_get_uint(v, "tar_size", true, &l->tar_size, err)) < 0)
		return r;
	const json_t *bare = json_object_get(v, "bare_root"), *parents = json_object_get(v, "needs_parents");
	if (!json_is_boolean(bare) || !json_is_boolean(parents))
		return err_set(err, ERR_CORRUPT, "meta.json lacks a member");
	l->bare_root = json_is_true(bare);
	*needs_parents = json_is_true(parents);
	return 0;
}

/* The layer under this name, if it is complete and what it should be. */
static bool open_layer(const struct rootfs_store *s, const char *name, const struct oci_digest *diff_id,
		       struct rootfs_layer *out, bool *needs_parents)
{
	CLEANUP_FREE char *fs = mem_printf("%s/fs", name), *meta = mem_printf("%s/meta.json", name);
	CLEANUP_BUF struct buf text = {0};
	struct rootfs_layer l = {.cached = true};
	struct err e = {0};
	CLEANUP_FD int fd = openat(s->layers_fd, fs, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fd_read_file(s->layers_fd, meta, META_MAX, &text, &e) < 0 || parse_meta(&text, &l, needs_parents, &e) < 0) {
		log_debug("layer %s of the store is not used: %s", name, e.msg);
		return false;
	}
	if (!oci_digest_equal(&l.diff_id, diff_id))
		return false;
	l.path = mem_printf("%s/layers/%s/fs", s->path, name);
	l.fd = steal_fd(&fd);
	*out = l;
	return true;
}

int rootfs_layer_find(const struct rootfs_store *s, const struct oci_digest *diff_id, const struct oci_digest *chain_id,
		      struct rootfs_layer *out, struct err *err)
{
	const bool bottom = oci_digest_equal(diff_id, chain_id);
	struct rootfs_layer l;
	bool needs_parents;
	if (open_layer(s, oci_digest_hex(diff_id), diff_id, &l, &needs_parents)) {
		if (bottom || !needs_parents) {
			*out = l;
			return 1;
		}
		rootfs_layer_done(&l); /* of an image that has it at the bottom */
	}
	if (bottom || !open_layer(s, oci_digest_hex(chain_id), diff_id, &l, &needs_parents))
		return 0;
	*out = l;
	return 1;
}

static int write_meta(int dir, const struct rootfs_layer *l, bool needs_parents, struct err *err)
{
	json_auto_t *v =
	    json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:b}", "diff_id", l->diff_id.text, "bytes", (json_int_t)l->bytes,
		      "entries", (json_int_t)l->entries, "files", (json_int_t)l->files, "tar_size",
		      (json_int_t)l->tar_size, "bare_root", (int)l->bare_root, "needs_parents", (int)needs_parents);
	CLEANUP_BUF struct buf text = {0};
	json_write(v, &text);
	return fd_write_file_atomic(dir, "meta.json", text.data, text.len, 0600, err);
}

int rootfs_layer_commit(const struct rootfs_store *s, const struct rootfs_run *run, const char *dir,
			const struct oci_digest *name, bool needs_parents, struct rootfs_layer *l, struct err *err)
{
	const char *hex = oci_digest_hex(name);
	CLEANUP_FD int fd = openat(run->fd, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "%s/%s", run->path, dir);
	int r = write_meta(fd, l, needs_parents, err);
	if (r < 0)
		return r;
	l->fd = openat(fd, "fs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (l->fd < 0)
		return err_sys(err, errno, "%s/%s/fs", run->path, dir);
	l->path = mem_printf("%s/layers/%s/fs", s->path, hex);
	if (renameat2(run->fd, dir, s->layers_fd, hex, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EEXIST)
		return err_sys(err, errno, "put into the store");
	struct rootfs_layer theirs;
	bool parents;
	if (open_layer(s, hex, &l->diff_id, &theirs, &parents) && parents == needs_parents) {
		rootfs_layer_done(l);
		*l = theirs;
		l->cached = false;
	} else if (renameat2(run->fd, dir, s->layers_fd, hex, RENAME_EXCHANGE) < 0) { /* broken, and ours now */
		return err_sys(err, errno, "put into the store");
	}
	(void)fd_remove_tree(run->fd, dir, NULL); /* goes with the run at the latest */
	return 0;
}

void rootfs_layer_done(struct rootfs_layer *l)
{
	if (l->path && l->fd >= 0)
		close(l->fd);
	free(l->path);
	*l = (struct rootfs_layer){.fd = -1};
}

void rootfs_layers_done(struct rootfs_layers *l)
{
	for (size_t i = 0; i < l->count; i++)
		rootfs_layer_done(&l->items[i]);
	free(l->items);
	*l = (struct rootfs_layers){0};
}
