/* tests/unit/image.h - an image of layers written by hand into a temporary directory, and its index.
 * Plain files, directories, links and fifos need no root. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "image/index.h"
#include "os/fd.h"

struct test_image {
	char dir[64];
	int fd;
	struct image_layers layers;
	struct image_index *index;
};

/* A new empty layer on top. */
static inline int image_layer(struct test_image *m)
{
	m->layers.items = mem_realloc(m->layers.items, m->layers.count + 1, sizeof(*m->layers.items));
	struct image_layer *l = &m->layers.items[m->layers.count++];
	*l = (struct image_layer){.path = mem_printf("%s/layer%zu", m->dir, m->layers.count)};
	assert_int_equal(mkdir(l->path, 0755), 0);
	l->fd = open(l->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(l->fd >= 0);
	return l->fd;
}

static inline void image_init(struct test_image *m)
{
	*m = (struct test_image){0};
	umask(022);
	strcpy(m->dir, "/tmp/slim-unit-XXXXXX");
	assert_non_null(mkdtemp(m->dir));
	m->fd = open(m->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(m->fd >= 0);
	(void)image_layer(m);
}

static inline int image_top(const struct test_image *m)
{
	return m->layers.items[m->layers.count - 1].fd;
}

static inline void image_dir(struct test_image *m, const char *path)
{
	assert_int_equal(fd_mkdir_p(image_top(m), path, 0755, NULL), 0);
}

static inline void image_parent(struct test_image *m, const char *path)
{
	CLEANUP_FREE char *dir = mem_strdup(path);
	char *slash = strrchr(dir, '/');
	if (slash) {
		*slash = '\0';
		image_dir(m, dir);
	}
}

/* All into the top layer, with parents; paths without the leading slash. */
static inline void image_bytes(struct test_image *m, const char *path, const void *data, size_t n, mode_t mode)
{
	image_parent(m, path);
	CLEANUP_FD int fd = openat(image_top(m), path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(fd_write_all(fd, data, n, NULL), 0);
}

static inline void image_file(struct test_image *m, const char *path, const char *text)
{
	image_bytes(m, path, text, strlen(text), 0644);
}

static inline void image_program(struct test_image *m, const char *path, const char *text)
{
	image_bytes(m, path, text, strlen(text), 0755);
}

static inline void image_link(struct test_image *m, const char *path, const char *target)
{
	image_parent(m, path);
	assert_int_equal(symlinkat(target, image_top(m), path), 0);
}

static inline void image_hardlink(struct test_image *m, const char *path, const char *old)
{
	image_parent(m, path);
	assert_int_equal(linkat(image_top(m), old, image_top(m), path, 0), 0);
}

static inline void image_index(struct test_image *m)
{
	struct err e = {0};
	if (image_index_build(&m->layers, &m->index, &e) < 0)
		fail_msg("%s", e.msg);
}

static inline uint32_t image_node(const struct test_image *m, const char *path)
{
	uint32_t id = image_index_resolve(m->index, path, false, NULL, NULL);
	if (id == IMAGE_NONE)
		fail_msg("the image has no %s", path);
	return id;
}

static inline void image_done(struct test_image *m)
{
	image_index_free(m->index);
	for (size_t i = 0; i < m->layers.count; i++) {
		close(m->layers.items[i].fd);
		free(m->layers.items[i].path);
	}
	free(m->layers.items);
	close(m->fd);
	assert_int_equal(fd_remove_tree(AT_FDCWD, m->dir, NULL), 0);
}
#define CLEANUP_TEST_IMAGE CLEANUP(image_done)
