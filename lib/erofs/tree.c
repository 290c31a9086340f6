#include "erofs/tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/limits.h"
#include "base/mem.h"
#include "erofs/format.h"
#include "erofs/xattrs.h"
#include "formats/tar.h"

#define WHITEOUT ".wh."

static int unsupported(struct err *err, const char *why)
{
	return err_set(err, ERR_UNSUPPORTED, "erofs-entry", "an EROFS image cannot show it: %s", why);
}

static int charge(struct erofs_tree *t, uint64_t bytes, struct err *err)
{
	t->memory += bytes;
	if (t->memory > LIMIT_EROFS_MEMORY)
		return unsupported(err, "the layer has too many entries for one image");
	return 0;
}

static struct erofs_file *new_file(struct erofs_tree *t)
{
	t->files = mem_grow(t->files, t->n_files, &t->files_cap, sizeof(*t->files));
	struct erofs_file *f = &t->files[t->n_files++];
	*f = (struct erofs_file){.nlink = 1};
	return f;
}

/* A new node; path was just added to the set. */
static uint32_t new_node(struct erofs_tree *t, size_t id, uint32_t parent, uint32_t file)
{
	const char *path = strset_get(&t->paths, id), *slash = strrchr(path, '/');
	t->nodes = mem_grow(t->nodes, id, &t->nodes_cap, sizeof(*t->nodes));
	t->nodes[id] = (struct erofs_node){slash ? slash + 1 : path, parent, file};
	return (uint32_t)id;
}

/* A directory as unpacking makes it if the layer has no entry for it. */
static struct erofs_file *new_dir(struct erofs_tree *t, size_t id, uint32_t parent)
{
	struct erofs_file *f = new_file(t);
	f->mode = S_IFDIR | 0755;
	f->nlink = 2;
	f->node = new_node(t, id, parent, (uint32_t)(t->n_files - 1));
	if (id)
		t->files[t->nodes[parent].file].nlink++;
	return f;
}

void erofs_tree_init(struct erofs_tree *t)
{
	*t = (struct erofs_tree){0};
	(void)new_dir(t, strset_add(&t->paths, ""), 0);
}

/* The directory that path lies in. Makes those that are missing, from the top. */
static int find_parent(struct erofs_tree *t, const char *path, uint32_t *out, struct err *err)
{
	const char *last = strrchr(path, '/');
	*out = 0;
	if (!last)
		return 0;
	size_t id = strset_find_len(&t->paths, path, (size_t)(last - path));
	for (const char *slash = path; id == STRSET_NONE && (slash = strchr(slash, '/')); slash++) {
		bool added;
		size_t at = strset_add_len(&t->paths, path, (size_t)(slash - path), &added);
		int r = added ? charge(t, (uint64_t)(slash - path) + sizeof(struct erofs_file) + 64, err) : 0;
		if (added)
			(void)new_dir(t, at, *out);
		if (r < 0)
			return r;
		if (!S_ISDIR(t->files[t->nodes[at].file].mode))
			return unsupported(err, "a directory on its way is a file in the same layer");
		*out = (uint32_t)at;
		if (slash == last)
			id = at;
	}
	*out = (uint32_t)id;
	return S_ISDIR(t->files[t->nodes[id].file].mode)
		   ? 0
		   : unsupported(err, "its directory is a file in the same layer");
}

static int fill(struct erofs_tree *t, struct erofs_file *f, const struct layer_entry *e, struct err *err)
{
	CLEANUP_BUF struct buf xattrs = {0};
	int r = erofs_xattrs_append(e, &xattrs, err);
	if (r < 0 || (r = charge(t, xattrs.len, err)) < 0)
		return r;
	f->mode = e->mode;
	f->uid = e->uid;
	f->gid = e->gid;
	f->mtime = e->mtime;
	f->rdev = e->rdev;
	free(f->xattrs);
	f->xattrs = xattrs.len ? mem_dup(xattrs.data, xattrs.len) : NULL;
	f->xattrs_len = (uint32_t)xattrs.len;
	if (S_ISREG(e->mode)) {
		f->size = e->size;
		f->start = e->start;
		t->bytes += e->size;
		t->n_regular++;
	} else if (S_ISLNK(e->mode)) {
		f->target = mem_strdup(e->link);
		f->size = strlen(e->link);
		return charge(t, f->size, err);
	}
	return 0;
}

static int add_link(struct erofs_tree *t, const struct layer_entry *e, uint32_t parent, struct err *err)
{
	size_t target = strset_find(&t->paths, e->link);
	if (target == STRSET_NONE || S_ISDIR(t->files[t->nodes[target].file].mode))
		return unsupported(err, "its target is not a file before it in the layer");
	uint32_t file = t->nodes[target].file;
	t->files[file].nlink++;
	(void)new_node(t, strset_add(&t->paths, e->path), parent, file);
	return 0;
}

static int check(const struct layer_entry *e, uint64_t tar_size, struct err *err)
{
	const char *special = strstr(e->path, WHITEOUT);
	if (special && (special == e->path || special[-1] == '/'))
		return unsupported(err, "its name is that of a whiteout");
	if (e->mapped)
		return unsupported(err, "it has a sparse map");
	if (major(e->rdev) > 0xfff || minor(e->rdev) > 0xfffff)
		return unsupported(err, "the number of the device is too large");
	if (!S_ISREG(e->mode) || e->hardlink || !e->size)
		return 0;
	if (e->start % TAR_BLOCK || e->start / TAR_BLOCK + e->size / TAR_BLOCK >= UINT32_MAX)
		return unsupported(err, "its content lies too far behind in the layer");
	if (e->start > tar_size || tar_size - e->start < (e->size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK)
		return err_set(err, ERR_CORRUPT, "tar-damaged", "the tar ends within its content");
	return 0;
}

static int add(struct erofs_tree *t, const struct layer_entry *e, uint64_t tar_size, struct err *err)
{
	uint32_t parent;
	int r = check(e, tar_size, err);
	if (r < 0 || (r = find_parent(t, e->path, &parent, err)) < 0)
		return r;
	size_t id = strset_find(&t->paths, e->path);
	t->has_root |= id == 0;
	if (id != STRSET_NONE) {
		struct erofs_file *old = &t->files[t->nodes[id].file];
		if (!S_ISDIR(e->mode) || !S_ISDIR(old->mode))
			return unsupported(err, "the layer has two entries for it");
		return fill(t, old, e, err);
	}
	r = charge(t, strlen(e->path) + sizeof(struct erofs_node) + sizeof(struct erofs_file) + 64, err);
	if (r < 0)
		return r;
	if (e->hardlink)
		return add_link(t, e, parent, err);
	id = strset_add(&t->paths, e->path);
	if (S_ISDIR(e->mode))
		return fill(t, new_dir(t, id, parent), e, err);
	struct erofs_file *f = new_file(t);
	(void)new_node(t, id, parent, (uint32_t)(t->n_files - 1));
	return fill(t, f, e, err);
}

int erofs_tree_add(struct erofs_tree *t, const struct layer_entry *e, uint64_t tar_size, struct err *err)
{
	t->n_entries++;
	int r = add(t, e, tar_size, err);
	return r < 0 ? layer_entry_wrap(e->path, strlen(e->path), err) : 0;
}

static int by_name(const void *a, const void *b, void *ctx)
{
	const struct erofs_node *nodes = ctx;
	return strcmp(nodes[*(const uint32_t *)a].name, nodes[*(const uint32_t *)b].name);
}

void erofs_tree_sort(struct erofs_tree *t)
{
	size_t n = t->paths.count;
	uint32_t next = 0;
	free(t->names);
	t->names = mem_calloc(n, sizeof(*t->names));
	for (size_t id = 1; id < n; id++)
		t->files[t->nodes[t->nodes[id].parent].file].n_names++;
	for (size_t i = 0; i < t->n_files; i++) {
		t->files[i].first_name = next;
		next += t->files[i].n_names;
		t->files[i].n_names = 0;
	}
	for (size_t id = 1; id < n; id++) {
		struct erofs_file *dir = &t->files[t->nodes[t->nodes[id].parent].file];
		t->names[dir->first_name + dir->n_names++] = (uint32_t)id;
	}
	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i].n_names > 1)
			qsort_r(&t->names[t->files[i].first_name], t->files[i].n_names, sizeof(*t->names), by_name,
				t->nodes);
}

void erofs_tree_done(struct erofs_tree *t)
{
	for (size_t i = 0; i < t->n_files; i++) {
		free(t->files[i].target);
		free(t->files[i].xattrs);
	}
	free(t->files);
	free(t->nodes);
	free(t->names);
	strset_done(&t->paths);
	*t = (struct erofs_tree){0};
}
