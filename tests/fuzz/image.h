/* tests/fuzz/image.h - a small image that a target makes once. One of its files has the bytes of an input. */
#pragma once

#include "fuzz.h"

struct fuzz_image_file {
	const char *path; /* without the leading slash; "x -> y" is a symlink; a trailing ! makes it executable */
	const char *text;
};

struct fuzz_image {
	struct image_layer layer;
	struct image_index *index;
	uint32_t node; /* the file that has an input's bytes; IMAGE_NONE = all have their own */
	struct buf own;
};

static inline void fuzz_image_add(int dir, const struct fuzz_image_file *f)
{
	const char *arrow = strstr(f->path, " -> ");
	const size_t len = arrow ? (size_t)(arrow - f->path) : strlen(f->path);
	const bool program = f->path[len - 1] == '!';
	CLEANUP_FREE char *name = mem_strndup(f->path, len - program);
	fuzz_write(dir, name, f->text, strlen(f->text), program ? 0755 : 0644);
	if (arrow) {
		const int r = unlinkat(dir, name, 0) < 0 ? -1 : symlinkat(arrow + 4, dir, name);
		assert(r == 0);
	}
}

static inline struct fuzz_image *fuzz_image(const struct fuzz_image_file *files, size_t n)
{
	static struct fuzz_image m = {.node = IMAGE_NONE};
	if (m.index)
		return &m;
	m.layer = (struct image_layer){.path = fuzz_path, .fd = fuzz_directory()};
	for (size_t i = 0; i < n; i++)
		fuzz_image_add(m.layer.fd, &files[i]);
	const struct image_layers layers = {.items = &m.layer, .count = 1};
	const int r = image_index_build(&layers, &m.index, NULL);
	assert(r == 0);
	return &m;
}
#define FUZZ_IMAGE(files) fuzz_image(files, sizeof(files) / sizeof((files)[0]))

static inline void fuzz_image_set(struct fuzz_image *m, uint32_t node, const void *data, size_t n)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_relative(m->index, node, &path);
	fuzz_write(m->layer.fd, path.data, data, n, 0644);
	((struct image_node *)image_index_node(m->index, node))->size = n; /* nobody else has the index */
}

/* Gives the bytes to the regular file at path, until another file gets some. Returns the file's node; IMAGE_NONE = the
 * path is not a regular file. */
static inline uint32_t fuzz_image_put(struct fuzz_image *m, const char *path, const void *data, size_t n)
{
	const uint32_t node = image_index_resolve(m->index, path, false, NULL, NULL);
	if (node == IMAGE_NONE || !S_ISREG(image_index_node(m->index, node)->mode))
		return IMAGE_NONE;
	if (node != m->node) {
		CLEANUP_BUF struct buf own = {0};
		const bool ok = image_index_text(m->index, path, SIZE_MAX, &own);
		assert(ok);
		if (m->node != IMAGE_NONE)
			fuzz_image_set(m, m->node, m->own.data, m->own.len);
		buf_done(&m->own);
		m->own = own;
		own = (struct buf){0};
		m->node = node;
	}
	fuzz_image_set(m, node, data, n);
	return node;
}
