/* tests/unit/test_store.h - a store in a temporary directory, and layers written into it by hand. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "image/overlay.h"
#include "image/substitute.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "store/store.h"
#include "unpack/unpack.h"

struct test_store {
	char dir[64]; /* holds store/ */
	struct store store;
	struct store_run run;
	struct image_layers layers;
};

static inline void test_store_init(struct test_store *t)
{
	struct err e = {0};
	*t = (struct test_store){0};
	strcpy(t->dir, "/var/tmp/slim-unit-XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	CLEANUP_FREE char *dir = mem_printf("%s/store", t->dir);
	if (store_open(dir, &t->store, &e) < 0 || store_run_new(&t->store, &t->run, &e) < 0)
		fail_msg("%s", e.msg);
}

static inline void test_store_done(struct test_store *t)
{
	struct err e = {0};
	for (size_t i = 0; i < t->layers.count; i++) {
		close(t->layers.items[i].fd);
		free(t->layers.items[i].path);
	}
	free(t->layers.items);
	store_run_done(&t->run);
	store_done(&t->store);
	if (fd_remove_tree(AT_FDCWD, t->dir, &e) < 0)
		fail_msg("%s", e.msg);
}

/* A new empty layer on top; returns its fd. */
static inline int test_store_layer(struct test_store *t)
{
	size_t n = t->layers.count;
	t->layers.items = mem_realloc(t->layers.items, n + 1, sizeof(*t->layers.items));
	struct image_layer *l = &t->layers.items[t->layers.count++];
	*l = (struct image_layer){.path = mem_printf("%s/layers/%064zu/fs", t->store.path, n)};
	assert_int_equal(fd_mkdir_p(AT_FDCWD, l->path, 0755, NULL), 0);
	l->fd = open(l->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(l->fd >= 0);
	return l->fd;
}

/* A little language for a layer's content, one entry per word:
 *   dir/   file=text   link->target   !whiteout   dir/!!  (opaque)   fifo|   hard&target
 * Parents must be there. */
static inline void test_store_put(int layer, const char *words)
{
	CLEANUP_FREE char *copy = mem_strdup(words);
	char *save, *s, *arg;
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		size_t n = strlen(w);
		int r;
		if (w[0] == '!') {
			r = mknodat(layer, w + 1, S_IFCHR, 0);
		} else if (n > 2 && strcmp(w + n - 2, "!!") == 0) {
			w[n - 2] = '\0';
			CLEANUP_FD int fd = openat(layer, w, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			r = fsetxattr(fd, image_substitute_opaque(), "y", 1, 0);
		} else if ((s = strstr(w, "->"))) {
			*s = '\0';
			r = symlinkat(s + 2, layer, w);
		} else if ((arg = strchr(w, '='))) {
			*arg++ = '\0';
			CLEANUP_FD int fd = openat(layer, w, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
			r = fd < 0 ? -1 : fd_write_all(fd, arg, strlen(arg), NULL);
		} else if ((arg = strchr(w, '&'))) {
			*arg++ = '\0';
			r = linkat(layer, arg, layer, w, 0);
		} else if (w[n - 1] == '|') {
			w[n - 1] = '\0';
			r = mkfifoat(layer, w, 0600);
		} else {
			assert_int_equal(w[n - 1], '/');
			w[n - 1] = '\0';
			r = mkdirat(layer, w, 0711);
		}
		if (r < 0)
			fail_msg("%s: %s", w, strerror(errno));
	}
}

static inline bool exists(const char *dir, const char *name)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	struct stat st;
	return lstat(path, &st) == 0;
}

/* A mount namespace of the test's own. */
static inline void private_mounts(void)
{
	static bool done;
	if (done)
		return;
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	done = true;
}
