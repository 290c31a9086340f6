#include "report/image_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"
#include "base/strset.h"
#include "image/file.h"

#define BLOCK 65536
#define GROUP_DEPTH 2 /* components of the directories that are summed up */

struct differ {
	const struct image_index *x[2];
	struct packages packages[2];
	struct report_image_diff *d;
	struct strset groups, names; /* directories, packages by name */
	struct buf path;
	char *block[2];
	struct err *err;
};

static struct report_image_diff_sum *sum_of(struct report_image_diff_sum **sums, struct strset *set, const char *name,
					    size_t len, size_t *n)
{
	bool added;
	size_t id = strset_add_len(set, name, len, &added);
	if (added) {
		*sums = mem_realloc(*sums, id + 1, sizeof(**sums));
		(*sums)[id] = (struct report_image_diff_sum){.name = mem_strndup(name, len)};
		*n = id + 1;
	}
	return &(*sums)[id];
}

static size_t group_length(const char *path)
{
	size_t n = 0;
	for (unsigned depth = 0; path[n]; n++)
		if (path[n] == '/' && depth++ == GROUP_DEPTH)
			return n;
	const char *slash = strrchr(path, '/');
	return slash == path ? 1 : (size_t)(slash - path);
}

static void add_to(struct report_image_diff_sum *s, const struct report_image_diff_path *p, bool file)
{
	s->files[p->change] += file;
	s->bytes[p->change] += p->bytes[p->change != REPORT_IMAGE_GONE];
}

static void add(struct differ *r, const uint32_t nodes[2], enum report_image_change change, uint8_t aspects)
{
	struct report_image_diff *d = r->d;
	int side = change == REPORT_IMAGE_ADDED;
	bool file = false;
	struct report_image_diff_path p = {
	    .path = mem_strdup(r->path.len ? r->path.data : "/"), .change = (uint8_t)change, .aspects = aspects};
	for (int i = 0; i < 2; i++) {
		if (nodes[i] == IMAGE_NONE)
			continue;
		const struct image_node *n = image_index_node(r->x[i], nodes[i]);
		p.bytes[i] = S_ISREG(n->mode) ? n->size : 0;
		file |= !S_ISDIR(n->mode);
	}
	add_to(sum_of(&d->directories, &r->groups, p.path, group_length(p.path), &d->n_directories), &p, file);
	add_to(&d->total, &p, file);
	const struct packages *known = &r->packages[side];
	uint32_t owner = known->count ? known->owner[nodes[side]] : PACKAGES_NONE;
	if (owner != PACKAGES_NONE && file) {
		const char *name = known->items[owner].name;
		p.package = mem_strdup(name);
		add_to(sum_of(&d->packages, &r->names, name, strlen(name), &d->n_packages), &p, file);
	}
	d->paths = mem_grow(d->paths, d->n_paths, &d->cap, sizeof(*d->paths));
	d->paths[d->n_paths++] = p;
}

static ssize_t read_block(int fd, char *block)
{
	size_t n = 0;
	while (n < BLOCK) {
		ssize_t got = read(fd, block + n, BLOCK - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

static int same_content(struct differ *r, const uint32_t nodes[2], bool *same)
{
	CLEANUP_FD int a = image_index_open(r->x[0], nodes[0], r->err);
	CLEANUP_FD int b = a < 0 ? -1 : image_index_open(r->x[1], nodes[1], r->err);
	if (a < 0 || b < 0)
		return a < 0 ? a : b;
	ssize_t n, m;
	do {
		int stop = stop_check(r->err);
		if (stop < 0)
			return stop;
		n = read_block(a, r->block[0]);
		m = read_block(b, r->block[1]);
		if (n < 0 || m < 0)
			return err_sys(r->err, errno, "file-read", "cannot read %s", r->path.data);
		*same = n == m && memcmp(r->block[0], r->block[1], (size_t)n) == 0;
	} while (*same && n > 0);
	return 0;
}

static int compare(struct differ *r, const uint32_t nodes[2])
{
	const struct image_node *a = image_index_node(r->x[0], nodes[0]), *b = image_index_node(r->x[1], nodes[1]);
	uint8_t aspects = 0;
	if ((a->mode & S_IFMT) != (b->mode & S_IFMT)) {
		aspects |= REPORT_IMAGE_KIND;
	} else if (S_ISREG(a->mode)) {
		bool same = a->size == b->size;
		int rc = same && a->size ? same_content(r, nodes, &same) : 0;
		if (rc < 0)
			return rc;
		aspects |= same ? 0 : REPORT_IMAGE_CONTENT;
	} else if (a->target ? strcmp(a->target, b->target) != 0 : a->rdev != b->rdev) {
		aspects |= REPORT_IMAGE_CONTENT;
	}
	if ((a->mode & 07777) != (b->mode & 07777) && !a->target)
		aspects |= REPORT_IMAGE_MODE;
	if (a->uid != b->uid || a->gid != b->gid)
		aspects |= REPORT_IMAGE_OWNER;
	if (aspects)
		add(r, nodes, REPORT_IMAGE_CHANGED, aspects);
	return 0;
}

static int walk(struct differ *r, const uint32_t nodes[2]);

static int enter(struct differ *r, const uint32_t nodes[2], const char *name)
{
	size_t len = r->path.len;
	buf_printf(&r->path, "/%s", name);
	int rc = walk(r, nodes);
	r->path.len = len;
	r->path.data[len] = '\0';
	return rc;
}

/* Children of both, which are sorted by name, side by side. */
static int walk_children(struct differ *r, const uint32_t nodes[2])
{
	const struct image_node *d[2] = {0};
	uint32_t at[2] = {0};
	for (int i = 0; i < 2; i++)
		d[i] = nodes[i] == IMAGE_NONE ? NULL : image_index_node(r->x[i], nodes[i]);
	for (;;) {
		const struct image_node *c[2] = {0};
		uint32_t next[2] = {IMAGE_NONE, IMAGE_NONE};
		for (int i = 0; i < 2; i++)
			if (d[i] && at[i] < d[i]->n_children)
				c[i] = image_index_node(r->x[i], d[i]->first_child + at[i]);
		if (!c[0] && !c[1])
			return 0;
		int order = !c[0] ? 1 : !c[1] ? -1 : strcmp(c[0]->name, c[1]->name);
		if (order <= 0)
			next[0] = d[0]->first_child + at[0]++;
		if (order >= 0)
			next[1] = d[1]->first_child + at[1]++;
		int rc = enter(r, next, c[order > 0]->name);
		if (rc < 0)
			return rc;
	}
}

/* As deep as the images' paths are, which LIMIT_PATH bounds. */
static int walk(struct differ *r, const uint32_t nodes[2])
{
	int rc = 0;
	if (nodes[1] == IMAGE_NONE)
		add(r, nodes, REPORT_IMAGE_GONE, 0);
	else if (nodes[0] == IMAGE_NONE)
		add(r, nodes, REPORT_IMAGE_ADDED, 0);
	else
		rc = compare(r, nodes);
	return rc < 0 ? rc : walk_children(r, nodes);
}

static int by_bytes(const void *a, const void *b)
{
	const struct report_image_diff_sum *x = a, *y = b;
	uint64_t all[2] = {0};
	for (int i = 0; i < REPORT_IMAGE_CHANGES; i++) {
		all[0] += x->bytes[i];
		all[1] += y->bytes[i];
	}
	return all[0] != all[1] ? (all[0] < all[1] ? 1 : -1) : strcmp(x->name, y->name);
}

/* A file with several names counts once, as in every size of an image. */
static void count(const struct image_index *x, uint64_t *bytes, uint64_t *files)
{
	CLEANUP_IMAGE_FILES struct image_files linked = {0};
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		const struct image_node *n = image_index_node(x, id);
		*files += !S_ISDIR(n->mode);
		*bytes += S_ISREG(n->mode) && image_files_first(&linked, x, id) == id ? n->size : 0;
	}
}

int report_image_diff_make(const struct image_index *a, const struct image_index *b, struct report_image_diff *out,
			   struct err *err)
{
	*out = (struct report_image_diff){0};
	struct differ r = {.x = {a, b}, .d = out, .err = err, .block = {mem_alloc(BLOCK), mem_alloc(BLOCK)}};
	buf_str(&r.path, "");
	int rc = 0;
	for (int i = 0; rc == 0 && i < 2; i++) {
		count(r.x[i], &out->bytes[i], &out->files[i]);
		rc = packages_read(r.x[i], &r.packages[i], err);
	}
	if (rc == 0)
		rc = walk(&r, (const uint32_t[]){0, 0});
	if (out->n_directories)
		qsort(out->directories, out->n_directories, sizeof(*out->directories), by_bytes);
	if (out->n_packages)
		qsort(out->packages, out->n_packages, sizeof(*out->packages), by_bytes);
	for (int i = 0; i < 2; i++) {
		packages_done(&r.packages[i]);
		free(r.block[i]);
	}
	strset_done(&r.groups);
	strset_done(&r.names);
	buf_done(&r.path);
	if (rc < 0)
		report_image_diff_done(out);
	return rc;
}

void report_image_diff_done(struct report_image_diff *d)
{
	for (size_t i = 0; i < d->n_paths; i++) {
		free(d->paths[i].path);
		free(d->paths[i].package);
	}
	for (size_t i = 0; i < d->n_directories; i++)
		free(d->directories[i].name);
	for (size_t i = 0; i < d->n_packages; i++)
		free(d->packages[i].name);
	free(d->paths);
	free(d->directories);
	free(d->packages);
	*d = (struct report_image_diff){0};
}
