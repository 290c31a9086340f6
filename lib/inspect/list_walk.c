#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/idmap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "image/merge.h"
#include "image/substitute.h"
#include "image/tree_check.h"
#include "inspect/list.h"
#include "os/fd.h"
#include "os/walk.h"

#define BLOCK (256u << 10)

struct walking {
	struct inspect_list *list;
	size_t layer;
	const struct inspect_watch *watch;
	struct idmap seen; /* files with several names, by device and inode number: the entry's number */
	char *block;
	struct buf content;
	struct inspect_content sum;
};

static int read_content(struct walking *w, const struct walk_entry *from, struct inspect_entry *e, struct err *err)
{
	const struct inspect_watch *watch = w->watch;
	const bool wanted = watch && watch->wants && e->bytes <= watch->max && watch->wants(watch->ctx, w->layer, e);
	CLEANUP_FD int fd = openat(from->dir, from->name, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "layer-entry-read", "/%s", from->path);
	ssize_t n;
	uint64_t at = 0;
	w->content.len = 0;
	while ((n = read(fd, w->block, BLOCK)) > 0) {
		e->crc = image_tree_check_crc(e->crc, w->block, (size_t)n);
		if (watch && watch->sums)
			inspect_content_add(&w->sum, at, w->block, (size_t)n);
		if (watch && watch->part)
			watch->part(watch->ctx, w->layer, e, at, w->block, (size_t)n);
		at += (uint64_t)n;
		if (wanted && w->content.len + (size_t)n <= watch->max)
			buf_append(&w->content, w->block, (size_t)n);
	}
	if (n < 0)
		return err_sys(err, errno, "layer-entry-read", "/%s", from->path);
	if (watch && watch->sums)
		inspect_list_add_sum(w->list, e, &w->sum);
	if (wanted)
		watch->take(watch->ctx, w->layer, e, w->content.data ? w->content.data : "", w->content.len);
	return 0;
}

static enum inspect_kind kind_of(const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return INSPECT_FILE;
	if (S_ISDIR(st->st_mode))
		return INSPECT_DIRECTORY;
	return S_ISLNK(st->st_mode) ? INSPECT_SYMLINK : INSPECT_SPECIAL;
}

static int add_opaque(struct walking *w, const struct walk_entry *from, struct err *err)
{
	CLEANUP_FD int fd = openat(from->dir, from->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "layer-entry-read", "/%s", from->path);
	if (image_is_opaque(fd))
		inspect_list_add(w->list, INSPECT_OPAQUE, from->path, strlen(from->path));
	return 0;
}

static int add_target(struct walking *w, const struct walk_entry *from, struct inspect_entry *e, struct err *err)
{
	char target[LIMIT_PATH + 1];
	ssize_t n = readlinkat(from->dir, from->name, target, sizeof(target));
	if (n < 0)
		return err_sys(err, errno, "layer-entry-read", "/%s", from->path);
	e->target = textpool_add(&w->list->texts, target, (size_t)n);
	return 0;
}

/* The path of an entry of the same file that came before, or NULL. */
static const char *first_name(struct walking *w, const struct stat *st)
{
	bool added;
	if (!S_ISREG(st->st_mode) || st->st_nlink < 2)
		return NULL;
	uint64_t *number = idmap_at(&w->seen, st->st_dev, st->st_ino, &added);
	if (!added)
		return w->list->items[*number].path;
	*number = w->list->count;
	return NULL;
}

static int add_entry(void *ctx, const struct walk_entry *from, struct err *err)
{
	struct walking *w = ctx;
	struct stat st = from->st;
	if (image_is_whiteout(&st)) {
		inspect_list_add(w->list, INSPECT_WHITEOUT, from->path, strlen(from->path));
		return 0;
	}
	image_substitute_stat(from->dir, from->name, &st);
	const char *first = first_name(w, &st);
	struct inspect_entry *e =
	    inspect_list_add(w->list, first ? INSPECT_HARDLINK : kind_of(&st), from->path, strlen(from->path));
	e->mode = (uint16_t)st.st_mode;
	e->uid = st.st_uid;
	e->gid = st.st_gid;
	e->mtime = st.st_mtim.tv_sec;
	e->target = first;
	if (e->kind == INSPECT_SYMLINK)
		return add_target(w, from, e, err);
	if (e->kind == INSPECT_DIRECTORY)
		return add_opaque(w, from, err);
	if (e->kind == INSPECT_SPECIAL)
		e->crc = st.st_rdev;
	if (e->kind != INSPECT_FILE)
		return 0;
	e->bytes = (uint64_t)st.st_size;
	return read_content(w, from, e, err);
}

int inspect_list_walk(int root, size_t layer, const struct inspect_watch *watch, struct inspect_list *out,
		      struct err *err)
{
	CLEANUP_INSPECT_LIST struct inspect_list list = {0};
	struct walking w = {.list = &list, .layer = layer, .watch = watch, .block = mem_alloc(BLOCK)};
	if (image_is_opaque(root))
		inspect_list_add(&list, INSPECT_OPAQUE, "", 0);
	int r = walk_tree(root, add_entry, &w, err);
	idmap_done(&w.seen);
	free(w.block);
	buf_done(&w.content);
	inspect_content_done(&w.sum);
	if (r < 0)
		return r;
	inspect_list_sort(&list);
	list.place = layer;
	*out = list;
	list = (struct inspect_list){0};
	return 0;
}
