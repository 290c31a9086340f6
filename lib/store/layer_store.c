#include "store/layer_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"
#include "store/layer_meta.h"

bool store_layer_is(const struct store *s, const char *path, int fd)
{
	struct stat by_fd, by_name;
	return fstat(fd, &by_fd) == 0 && fstatat(s->layers_fd, path, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
	       by_fd.st_dev == by_name.st_dev && by_fd.st_ino == by_name.st_ino;
}

bool store_layer_lock(const struct store *s, const char *path, int fd)
{
	int r;
	do
		r = flock(fd, LOCK_SH);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		log_debug("%s is used without a lock: %s", path, strerror(errno)); /* some network file systems */
	return store_layer_is(s, path, fd);
}

/* The layer under this name, if it is complete and what it should be. */
static bool open_layer(const struct store *s, const char *name, const struct oci_digest *diff_id,
		       struct image_layer *out, bool *needs_parents)
{
	CLEANUP_FREE char *fs = mem_printf("%s/fs", name);
	struct image_layer l = {.cached = true};
	struct err e = {0};
	CLEANUP_FD int fd = openat(s->layers_fd, fs, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || !store_layer_lock(s, fs, fd))
		return false;
	if (store_layer_meta_read(s->layers_fd, name, &l, needs_parents, NULL, &e) < 0) {
		log_debug("layer %s of the store is not used: %s", name, e.msg);
		return false;
	}
	if (!oci_digest_equal(&l.diff_id, diff_id))
		return false;
	store_layer_meta_touch(s->layers_fd, name);
	l.path = mem_printf("%s/layers/%s/fs", s->path, name);
	l.fd = steal_fd(&fd);
	*out = l;
	return true;
}

int store_layer_find(const struct store *s, const struct oci_digest *diff_id, const struct oci_digest *chain_id,
		     struct image_layer *out, struct err *err)
{
	const bool bottom = oci_digest_equal(diff_id, chain_id);
	struct image_layer l;
	bool needs_parents;
	if (open_layer(s, oci_digest_hex(diff_id), diff_id, &l, &needs_parents)) {
		if (bottom || !needs_parents) {
			*out = l;
			return 1;
		}
		image_layer_done(&l); /* of an image that has it at the bottom */
	}
	if (bottom || !open_layer(s, oci_digest_hex(chain_id), diff_id, &l, &needs_parents))
		return 0;
	*out = l;
	return 1;
}

int store_layer_names_lock(const struct store *s)
{
	CLEANUP_FD int fd = openat(s->layers_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;
	do
		r = fd < 0 ? -1 : flock(fd, LOCK_EX);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -1 : steal_fd(&fd);
}

/* Rename RUN/dir to its final name. If another process has put the same layer there, that one is used. A layer that
 * can't be opened although its name does not change is broken, not just removed: ours replaces it. */
static int put(const struct store *s, const struct store_run *run, const char *dir, const char *hex, bool needs_parents,
	       struct image_layer *l, struct err *err)
{
	CLEANUP_FD int names = store_layer_names_lock(s);
	struct image_layer theirs;
	bool parents;
	if (names < 0)
		log_debug("store %s is written without a lock", s->path); /* some network file systems */
	if (renameat2(run->fd, dir, s->layers_fd, hex, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EEXIST && open_layer(s, hex, &l->diff_id, &theirs, &parents)) {
		if (parents == needs_parents) {
			image_layer_done(l);
			*l = theirs;
			l->cached = false;
			return 0;
		}
		image_layer_done(&theirs);
	}
	if (renameat2(run->fd, dir, s->layers_fd, hex, RENAME_EXCHANGE) == 0)
		return 0;
	return err_sys(err, errno, "store-write", "cannot move it into the store");
}

int store_layer_commit(const struct store *s, const struct store_run *run, const char *dir,
		       const struct oci_digest *name, bool needs_parents, struct image_layer *l, struct err *err)
{
	const char *hex = oci_digest_hex(name);
	CLEANUP_FD int fd = openat(run->fd, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "store-open", "%s/%s", run->path, dir);
	int r = store_layer_meta_write(fd, l, needs_parents, err);
	if (r < 0)
		return r;
	l->fd = openat(fd, "fs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (l->fd < 0)
		return err_sys(err, errno, "store-open", "%s/%s/fs", run->path, dir);
	(void)flock(l->fd, LOCK_SH | LOCK_NB); /* nobody else knows of it yet */
	l->path = mem_printf("%s/layers/%s/fs", s->path, hex);
	if ((r = put(s, run, dir, hex, needs_parents, l, err)) < 0)
		return r;
	(void)fd_remove_tree(run->fd, dir, NULL); /* ours or the broken one, if any; goes with the run at the latest */
	return 0;
}
