#include "image/index_build.h"

/* The tree is built level by level: when a directory is read, its children get the next free ids, so that they are
 * consecutive. The directories are visited in id order, so that no queue is needed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "image/index_private.h"
#include "image/merge.h"
#include "image/substitute.h"

#define READ_BLOCK (1u << 16)
#define OPEN_DIRS 64 /* layers of one merged directory that are kept open at once */

struct name { /* one name in one of the layers that a directory comes from */
	const char *s;
	uint32_t layer;
	unsigned char type; /* DT_* */
};

struct build {
	struct image_index *x;
	const struct image_layers *sources;
	uint32_t *layers; /* the layers of all directories, those of one after each other, top first */
	size_t n_layers, layers_cap;
	struct span {
		uint32_t first, n;
	} * spans; /* by node: its part of layers; n 0 = no directory */
	size_t spans_cap;
	struct name *names; /* of the directory at hand */
	size_t n_names, names_cap;
	int fds[OPEN_DIRS]; /* of the directory at hand, by place in its span */
	struct buf path;    /* of it, relative */
	bool *split;        /* by layer: some of its files have several inodes */
	char *block;
};

static int by_name(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = strcmp(x->s, y->s);
	return c ? c : (x->layer < y->layer) - (x->layer > y->layer); /* top layer first */
}

/* The names of one layer's directory; *fd stays open. The layer's own tree is complete and nobody
 * writes it, so no path in it can turn into a symlink meanwhile. */
static int read_names(struct build *b, uint32_t layer, int fd, struct err *err)
{
	for (;;) {
		int r = stop_check(err);
		if (r < 0)
			return r;
		ssize_t n = getdents64(fd, b->block, READ_BLOCK);
		if (n < 0)
			return err_sys(err, errno, "layer-entry-read", "cannot list /%s of layer %u", b->path.data,
				       layer + 1);
		if (n == 0)
			return 0;
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *e = (const void *)(b->block + at);
			at += e->d_reclen;
			size_t len = strlen(e->d_name);
			if (e->d_name[0] == '.' && (len == 1 || (len == 2 && e->d_name[1] == '.')))
				continue;
			b->names = mem_grow(b->names, b->n_names, &b->names_cap, sizeof(*b->names));
			struct name *name = &b->names[b->n_names++];
			*name = (struct name){textpool_add(&b->x->texts, e->d_name, len), layer, e->d_type};
		}
	}
}

/* Every layer of directory id, down to the first that is opaque. */
static int read_dir(struct build *b, uint32_t id, struct err *err)
{
	struct span *span = &b->spans[id];
	for (size_t i = 0; i < span->n; i++) {
		uint32_t layer = b->layers[span->first + i];
		CLEANUP_FD int fd = image_open_beneath(b->x->fds[layer], b->path.data, O_RDONLY | O_DIRECTORY);
		if (fd < 0)
			return err_sys(err, errno, "layer-entry-read", "cannot open /%s of layer %u", b->path.data,
				       layer + 1);
		int r = read_names(b, layer, fd, err);
		if (r < 0)
			return r;
		if (i + 1 < span->n && image_is_opaque(fd))
			span->n = i + 1;
		if (i < OPEN_DIRS)
			b->fds[i] = steal_fd(&fd);
	}
	return 0;
}

/* The inodes of one file are shown as one that no file system has. */
static void unite(int dir, const char *name, struct stat *st)
{
	uint64_t number = image_substitute_split_of(dir, name);
	if (!number)
		return;
	st->st_ino = number | UINT64_C(1) << 63;
	st->st_nlink += st->st_nlink < 2;
}

static int stat_name(struct build *b, const struct span *span, const struct name *n, struct stat *st, struct err *err)
{
	size_t place = 0;
	while (b->layers[span->first + place] != n->layer)
		place++;
	CLEANUP_FD int opened = -1;
	int dir = place < OPEN_DIRS ? b->fds[place] : -1;
	if (dir < 0)
		dir = opened = image_open_beneath(b->x->fds[n->layer], b->path.data, O_PATH | O_DIRECTORY);
	if (dir < 0 || fstatat(dir, n->s, st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "layer-entry-read", "/%s/%s of layer %u", b->path.data, n->s, n->layer + 1);
	image_substitute_stat(dir, n->s, st);
	if (b->split[n->layer] && S_ISREG(st->st_mode))
		unite(dir, n->s, st);
	if (b->sources->items[n->layer].whole_seconds)
		st->st_mtim.tv_nsec = 0;
	return 0;
}

static int read_target(struct build *b, const struct span *span, const struct name *n, const char **out,
		       struct err *err)
{
	char target[LIMIT_PATH + 1];
	size_t place = 0;
	while (b->layers[span->first + place] != n->layer)
		place++;
	CLEANUP_FREE char *path = mem_printf("%s/%s", b->path.data, n->s);
	ssize_t len = place < OPEN_DIRS ? readlinkat(b->fds[place], n->s, target, sizeof(target))
					: readlinkat(b->x->fds[n->layer], path, target, sizeof(target));
	if (len < 0)
		return err_sys(err, errno, "layer-entry-read", "/%s of layer %u", path, n->layer + 1);
	*out = textpool_add(&b->x->texts, target, (size_t)len);
	return 0;
}

static struct image_node *add_node(struct build *b, const char *name, uint32_t parent, uint32_t layer,
				   const struct stat *st)
{
	struct image_index *x = b->x;
	x->nodes = mem_grow(x->nodes, x->count, &x->cap, sizeof(*x->nodes));
	b->spans = mem_grow(b->spans, x->count, &b->spans_cap, sizeof(*b->spans));
	b->spans[x->count] = (struct span){0};
	struct image_node *n = &x->nodes[x->count++];
	*n = (struct image_node){
	    .name = name,
	    .parent = parent,
	    .layer = (uint16_t)layer,
	    .mode = (uint16_t)st->st_mode,
	    .uid = st->st_uid,
	    .gid = st->st_gid,
	    .size = S_ISREG(st->st_mode) || S_ISLNK(st->st_mode) ? (uint64_t)st->st_size : 0,
	    .mtime_s = st->st_mtim.tv_sec,
	    .mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
	    .rdev = st->st_rdev,
	    .ino = st->st_ino,
	    .nlink = (uint32_t)st->st_nlink,
	};
	return n;
}

static void add_layer(struct build *b, uint32_t id, uint32_t layer)
{
	b->layers = mem_grow(b->layers, b->n_layers, &b->layers_cap, sizeof(*b->layers));
	b->layers[b->n_layers++] = layer;
	b->spans[id].n++;
}

/* Add one name from all the layers that have it, top first. The top one wins. If it is a directory, the ones below it
 * merge with it, down to the first that is not a directory. */
static int add_group(struct build *b, uint32_t dir, const struct name *group, size_t n, struct err *err)
{
	struct span span = b->spans[dir];
	struct stat st;
	int r = stop_check(err);
	if (r == 0)
		r = stat_name(b, &span, &group[0], &st, err);
	if (r < 0 || image_is_whiteout(&st))
		return r;
	const char *target = NULL;
	if (S_ISLNK(st.st_mode) && (r = read_target(b, &span, &group[0], &target, err)) < 0)
		return r;
	if (b->x->count == IMAGE_NONE)
		return err_set(err, ERR_LIMIT, "too-many-files", "the image has too many files");
	add_node(b, group[0].s, dir, group[0].layer, &st)->target = target;
	uint32_t id = b->x->count - 1;
	if (!S_ISDIR(st.st_mode))
		return 0;
	b->spans[id].first = (uint32_t)b->n_layers;
	add_layer(b, id, group[0].layer);
	for (size_t i = 1; i < n; i++) {
		if (group[i].type == DT_UNKNOWN && (r = stat_name(b, &span, &group[i], &st, err)) < 0)
			return r;
		if (group[i].type != DT_DIR && (group[i].type != DT_UNKNOWN || !S_ISDIR(st.st_mode)))
			break;
		add_layer(b, id, group[i].layer);
	}
	return 0;
}

static int add_children(struct build *b, uint32_t dir, struct err *err)
{
	b->path.len = 0;
	b->n_names = 0;
	for (size_t i = 0; i < OPEN_DIRS; i++)
		b->fds[i] = -1;
	image_index_relative(b->x, dir, &b->path);
	int r = read_dir(b, dir, err);
	if (r == 0 && b->n_names)
		qsort(b->names, b->n_names, sizeof(*b->names), by_name);
	uint32_t first = b->x->count;
	for (size_t i = 0, n; r == 0 && i < b->n_names; i += n) {
		for (n = 1; i + n < b->n_names && strcmp(b->names[i].s, b->names[i + n].s) == 0;)
			n++;
		r = add_group(b, dir, &b->names[i], n, err);
	}
	for (size_t i = 0; i < OPEN_DIRS; i++)
		if (b->fds[i] >= 0)
			close(b->fds[i]);
	b->x->nodes[dir].first_child = first;
	b->x->nodes[dir].n_children = b->x->count - first;
	return r;
}

static int add_root(struct build *b, const struct image_layers *layers, struct err *err)
{
	struct stat st;
	int r = image_root_stat(layers, &st, err);
	if (r < 0)
		return r;
	add_node(b, "", 0, (uint32_t)image_root_layer(layers), &st);
	for (size_t i = layers->count; i-- > 0;)
		add_layer(b, 0, (uint32_t)i);
	return 0;
}

int image_index_build(const struct image_layers *layers, struct image_index **out, struct err *err)
{
	struct image_index *x = mem_alloc(sizeof(*x));
	x->n_layers = layers->count;
	x->fds = mem_calloc(layers->count, sizeof(*x->fds));
	struct build b = {.x = x, .sources = layers, .block = mem_alloc(READ_BLOCK)};
	b.split = mem_calloc(layers->count, sizeof(*b.split));
	for (size_t i = 0; i < layers->count; i++) {
		x->fds[i] = layers->items[i].fd;
		b.split[i] = !layers->items[i].in_place && image_substitute_split_of(x->fds[i], "");
	}
	buf_str(&b.path, "");
	int r = add_root(&b, layers, err);
	for (uint32_t id = 0; r == 0 && id < x->count; id++)
		if (b.spans[id].n)
			r = add_children(&b, id, err);
	free(b.layers);
	free(b.spans);
	free(b.names);
	free(b.split);
	free(b.block);
	buf_done(&b.path);
	if (r < 0)
		image_index_free(x);
	else
		*out = x;
	return r < 0 ? err_wrap(err, "index of the image") : 0;
}

void image_index_free(struct image_index *x)
{
	if (!x)
		return;
	textpool_done(&x->texts);
	free(x->nodes);
	free(x->fds);
	free(x);
}
