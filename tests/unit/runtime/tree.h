/* tests/unit/runtime/tree.h - a temporary directory that plays the root of an image. */
#pragma once

#include "unit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"

struct tree {
	char *path;
	int fd;
};

static inline struct tree tree_new(void)
{
	const char *tmp = getenv("TMPDIR");
	struct tree t = {.path = mem_printf("%s/slim-test-XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp")};
	assert_non_null(mkdtemp(t.path));
	t.fd = open(t.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(t.fd >= 0);
	return t;
}

static inline void tree_done(struct tree *t)
{
	if (!t->path)
		return;
	close(t->fd);
	assert_int_equal(fd_remove_tree(AT_FDCWD, t->path, NULL), 0);
	free(t->path);
	*t = (struct tree){0};
}
#define CLEANUP_TREE CLEANUP(tree_done)

static inline void tree_mkdir(struct tree *t, const char *path)
{
	assert_int_equal(fd_mkdir_p(t->fd, path, 0755, NULL), 0);
}

static inline void tree_file(struct tree *t, const char *path, const char *text)
{
	char *slash = strrchr(path, '/');
	if (slash) {
		CLEANUP_FREE char *parent = mem_strndup(path, (size_t)(slash - path));
		tree_mkdir(t, parent);
	}
	assert_int_equal(fd_write_file_atomic(t->fd, path, text, strlen(text), 0644, NULL), 0);
}

static inline void tree_symlink(struct tree *t, const char *target, const char *path)
{
	assert_int_equal(symlinkat(target, t->fd, path), 0);
}

static inline bool tree_has(struct tree *t, const char *path)
{
	struct stat st;
	return fstatat(t->fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The file's text; free(). */
static inline char *tree_read(struct tree *t, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	assert_int_equal(fd_read_file(t->fd, path, 1 << 20, &b, NULL), 0);
	return buf_steal(&b);
}
