#include "inspect/final.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/index_listing.h"
#include "os/fd.h"

/* The path of the file that a hard link names, in the layer of the link or below. SIZE_MAX if the image lacks it. */
static size_t file_of(const struct inspect_history *h, size_t path)
{
	for (unsigned hops = 0; hops < LIMIT_SYMLINKS && path != SIZE_MAX; hops++) {
		const struct inspect_version *v = inspect_history_final(h, path);
		if (!v || v->entry->kind != INSPECT_HARDLINK)
			return v ? path : SIZE_MAX;
		path = inspect_history_find(h, v->entry->target);
	}
	return SIZE_MAX;
}

static struct image_listing_entry entry_of(const struct inspect_history *h, size_t path)
{
	const struct inspect_version *v = inspect_history_final(h, path);
	const size_t file = v->entry->kind == INSPECT_HARDLINK ? file_of(h, path) : path;
	const struct inspect_version *f = file == SIZE_MAX ? v : inspect_history_final(h, file);
	const struct inspect_entry *e = f->entry;
	return (struct image_listing_entry){
	    .path = h->paths[path].path,
	    .target = e->kind == INSPECT_SYMLINK ? e->target : NULL,
	    .size = e->kind == INSPECT_FILE ? e->bytes : 0,
	    .ino = (file == SIZE_MAX ? path : file) + 1,
	    .mtime = e->mtime,
	    .nlink = f == v ? 1 : 2,
	    .uid = e->uid,
	    .gid = e->gid,
	    .mode = e->mode,
	    .layer = f->layer,
	};
}

/* The file in a memfd: readers of an index take descriptors. */
static int open_text(void *ctx, uint16_t layer, const char *path, struct err *err)
{
	const struct inspect_final *f = ctx;
	const struct inspect_text *t = inspect_texts_find(f->texts, f->lists->items[layer].place, path);
	if (!t)
		return err_set(err, ERR_NOTFOUND, "layer-entry-read", "%s: its content was not read", path);
	CLEANUP_FD int fd = memfd_create("slim-text", MFD_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "layer-entry-read", "%s", path);
	int r = fd_write_all(fd, t->data, t->n, err);
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = err_sys(err, errno, "layer-entry-read", "%s", path);
	return r < 0 ? r : steal_fd(&fd);
}

int inspect_final_index(const struct inspect_history *h, const struct inspect_lists *lists,
			const struct inspect_texts *texts, struct inspect_final *ctx, struct image_index **out,
			struct err *err)
{
	struct image_listing_entry root = {.path = "/", .mode = S_IFDIR | 0755, .nlink = 1};
	struct image_listing_entry *entries = mem_calloc(h->n_paths, sizeof(*entries));
	size_t n = 0;
	for (size_t i = 0; i < h->n_paths; i++) {
		if (!inspect_history_final(h, i))
			continue;
		const struct image_listing_entry e = entry_of(h, i);
		if (strcmp(e.path, "/") == 0)
			root = e;
		else
			entries[n++] = e;
	}
	*ctx = (struct inspect_final){lists, texts};
	int r = image_index_listing(&root, entries, n, texts ? open_text : NULL, ctx, out, err);
	free(entries);
	return r;
}
