#include "rewrite/layer_item.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"

static void make_hardlink(const struct image_index *x, uint32_t first, struct layer_entry *e)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, first, &path);
	e->hardlink = true;
	e->link = mem_strdup(path.data + 1);
	e->size = 0;
	for (size_t i = 0; i < e->n_xattrs; i++) { /* the file has them already, from its first name */
		free(e->xattrs[i].name);
		free(e->xattrs[i].value);
	}
	e->n_xattrs = 0;
}

/* The new content of an edited file, to be read. */
static int open_edit(const struct packages_edit *edit, struct err *err)
{
	CLEANUP_FD int fd = memfd_create("edit", MFD_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "temporary-file-create", "cannot create a file in memory");
	int r = fd_write_all(fd, edit->content.data, edit->content.len, err);
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = err_sys(err, errno, "file-seek", "cannot seek");
	return r < 0 ? r : steal_fd(&fd);
}

int rewrite_item_write(struct image_reader *from, const struct rewrite_item *item, const struct packages_edits *edits,
		       struct layer_writer *w, struct err *err)
{
	struct layer_entry e = {0};
	const struct packages_edit *edit = packages_edits_find(edits, item->node);
	const mode_t mode = image_index_node(from->index, item->node)->mode;
	CLEANUP_FD int content = -1;
	int r = 0;
	if (S_ISREG(mode) && item->first == IMAGE_NONE && !edit)
		r = content = image_reader_open(from, item->node, err);
	if (r >= 0)
		r = image_reader_entry(from, item->node, content, &e, err);
	if (r >= 0 && item->first != IMAGE_NONE) {
		make_hardlink(from->index, item->first, &e);
	} else if (r >= 0 && edit) {
		e.size = edit->content.len;
		r = content = open_edit(edit, err);
	}
	if (r >= 0)
		r = layer_writer_add(w, &e, content, err);
	layer_entry_done(&e);
	return r < 0 ? r : 0;
}
