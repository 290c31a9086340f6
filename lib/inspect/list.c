#include "inspect/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "image/tree_check.h"
#include "layer/reader.h"

#define WHITEOUT ".wh."
#define WHITEOUT_META ".wh..wh." /* aufs' own, and the opaque mark */
#define WHITEOUT_OPAQUE ".wh..wh..opq"

/* The rank of a byte: the end sorts first, then "/". */
static unsigned rank(char c)
{
	return c == '/' ? 1 : c ? (unsigned char)c + 2u : 0;
}

int inspect_path_order(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (rank(*a) > rank(*b)) - (rank(*a) < rank(*b));
}

bool inspect_path_is_below(const char *path, const char *dir)
{
	const size_t n = strcmp(dir, "/") == 0 ? 0 : strlen(dir);
	return strncmp(path, dir, n) == 0 && path[n] == '/' && path[n + 1];
}

struct inspect_entry *inspect_list_add(struct inspect_list *l, enum inspect_kind kind, const char *path, size_t n)
{
	char absolute[LIMIT_PATH + 2] = "/";
	n = n < LIMIT_PATH ? n : LIMIT_PATH;
	memcpy(absolute + 1, path, n);
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	struct inspect_entry *e = &l->items[l->count];
	*e = (struct inspect_entry){
	    .path = textpool_add(&l->texts, absolute, n + 1),
	    .kind = (uint8_t)kind,
	    .order = (uint32_t)l->count++,
	};
	return e;
}

/* Whiteouts and opaque marks come before the entry of the same path, since they only concern lower layers. */
static int group(const struct inspect_entry *e)
{
	return e->kind == INSPECT_WHITEOUT ? 0 : e->kind == INSPECT_OPAQUE ? 1 : 2;
}

static int by_path(const void *a, const void *b)
{
	const struct inspect_entry *x = a, *y = b;
	int c = inspect_path_order(x->path, y->path);
	if (!c)
		c = group(x) - group(y);
	return c ? c : (x->order > y->order) - (x->order < y->order);
}

void inspect_list_sort(struct inspect_list *l)
{
	size_t n = 0;
	if (l->count)
		qsort(l->items, l->count, sizeof(*l->items), by_path);
	for (size_t i = 0; i < l->count; i++) {
		const struct inspect_entry *e = &l->items[i];
		if (n && strcmp(l->items[n - 1].path, e->path) == 0 && group(&l->items[n - 1]) == group(e))
			n--;
		l->items[n++] = *e;
	}
	l->count = n;
}

void inspect_list_add_sum(struct inspect_list *l, const struct inspect_entry *e, struct inspect_content *c)
{
	while (l->n_sums <= e->order) {
		l->sums = mem_grow(l->sums, l->n_sums, &l->sums_cap, sizeof(*l->sums));
		memset(l->sums[l->n_sums++], 0, sizeof(*l->sums));
	}
	inspect_content_end(c, l->sums[e->order]);
}

const uint8_t *inspect_list_sum(const struct inspect_list *l, const struct inspect_entry *e)
{
	return e->order < l->n_sums ? l->sums[e->order] : NULL;
}

static int by_path_and_group(const void *path, const void *entry)
{
	const int c = inspect_path_order(path, ((const struct inspect_entry *)entry)->path);
	return c ? c : 2 - group(entry);
}

const struct inspect_entry *inspect_list_find(const struct inspect_list *l, const char *path)
{
	return l->count ? bsearch(path, l->items, l->count, sizeof(*l->items), by_path_and_group) : NULL;
}

/* ---- from a tar ---- */

struct reading {
	struct layer_reader *reader;
	struct inspect_list *list;
	size_t layer;
	const struct inspect_watch *watch;
	struct buf content;
	struct inspect_content sum;
};

/* An entry with a component ".wh.": a whiteout, an opaque mark, or something of aufs' own. */
static bool add_mark(struct inspect_list *l, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const size_t dir = slash ? (size_t)(slash - path) : 0;
	if (strcmp(name, WHITEOUT_OPAQUE) == 0) {
		inspect_list_add(l, INSPECT_OPAQUE, path, dir);
		return true;
	}
	if (strncmp(name, WHITEOUT_META, strlen(WHITEOUT_META)) == 0)
		return true;
	if (strncmp(name, WHITEOUT, strlen(WHITEOUT)) != 0)
		return false;
	CLEANUP_BUF struct buf hidden = {0};
	buf_append(&hidden, path, slash ? dir + 1 : 0);
	buf_str(&hidden, name + strlen(WHITEOUT));
	inspect_list_add(l, INSPECT_WHITEOUT, hidden.data, hidden.len);
	return true;
}

static enum inspect_kind kind_of(const struct layer_entry *e)
{
	if (e->hardlink)
		return INSPECT_HARDLINK;
	if (S_ISREG(e->mode))
		return INSPECT_FILE;
	if (S_ISDIR(e->mode))
		return INSPECT_DIRECTORY;
	return S_ISLNK(e->mode) ? INSPECT_SYMLINK : INSPECT_SPECIAL;
}

/* Sums the content, and shows it to the watch. A gap of a sparse file counts with its length. */
static int read_content(struct reading *r, struct inspect_entry *e, struct err *err)
{
	const struct inspect_watch *w = r->watch;
	const bool wanted = w && w->wants && e->bytes <= w->max && w->wants(w->ctx, r->layer, e);
	const void *data;
	size_t n;
	uint64_t offset, end = 0;
	int status;
	r->content.len = 0;
	while ((status = layer_reader_data(r->reader, &data, &n, &offset, err)) > 0) {
		const uint64_t gap = offset - end;
		if (gap)
			e->crc = image_tree_check_crc(e->crc, &gap, sizeof(gap));
		e->crc = image_tree_check_crc(e->crc, data, n);
		if (w && w->sums)
			inspect_content_add(&r->sum, offset, data, n);
		end = offset + n;
		if (w && w->part)
			w->part(w->ctx, r->layer, e, offset, data, n);
		if (wanted) {
			buf_reserve(&r->content, (size_t)gap + n);
			memset(r->content.data + r->content.len, 0, (size_t)gap);
			r->content.len += (size_t)gap;
			buf_append(&r->content, data, n);
		}
	}
	if (status == 0 && w && w->sums)
		inspect_list_add_sum(r->list, e, &r->sum);
	if (status == 0 && wanted)
		w->take(w->ctx, r->layer, e, r->content.data ? r->content.data : "", r->content.len);
	return status;
}

static int add_entry(struct reading *r, const struct layer_entry *from, struct err *err)
{
	struct inspect_list *l = r->list;
	if (add_mark(l, from->path))
		return 0;
	struct inspect_entry *e = inspect_list_add(l, kind_of(from), from->path, strlen(from->path));
	e->mode = (uint16_t)from->mode;
	e->uid = from->uid;
	e->gid = from->gid;
	e->mtime = from->mtime.tv_sec;
	if (from->link) {
		CLEANUP_FREE char *target = mem_printf("%s%s", from->hardlink ? "/" : "", from->link);
		e->target = textpool_add(&l->texts, target, strlen(target));
	}
	if (e->kind == INSPECT_SPECIAL)
		e->crc = from->rdev;
	if (e->kind != INSPECT_FILE)
		return 0;
	e->bytes = from->size;
	return read_content(r, e, err);
}

int inspect_list_read(struct io_reader tar, size_t layer, const struct inspect_watch *watch, struct inspect_list *out,
		      struct layer_digests *d, struct err *err)
{
	CLEANUP_LAYER_READER struct layer_reader *reader = layer_reader_new(tar);
	CLEANUP_INSPECT_LIST struct inspect_list list = {0};
	struct reading reading = {.reader = reader, .list = &list, .layer = layer, .watch = watch};
	const struct layer_entry *e;
	int r;
	while ((r = layer_reader_next(reader, &e, err)) > 0)
		if ((r = add_entry(&reading, e, err)) < 0)
			break;
	if (r == 0)
		r = layer_reader_finish(reader, d, err);
	buf_done(&reading.content);
	inspect_content_done(&reading.sum);
	if (r < 0)
		return r;
	inspect_list_sort(&list);
	list.diff_id = d->diff_id;
	list.tar_size = d->tar_size;
	list.place = layer;
	*out = list;
	list = (struct inspect_list){0};
	return 0;
}

void inspect_list_done(struct inspect_list *l)
{
	free(l->items);
	free(l->sums);
	textpool_done(&l->texts);
	*l = (struct inspect_list){0};
}
