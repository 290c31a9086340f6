#include "erofs/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "erofs/emit.h"
#include "erofs/layout.h"
#include "erofs/tree.h"
#include "image/substitute.h"
#include "layer/reader.h"

#define ACL "system.posix_acl_"

/* Remembers the first of each kind, if the kernel shows it to everybody who may read the file. */
static void take_samples(struct erofs_image *image, const struct layer_entry *e)
{
	char renamed[IMAGE_SUBSTITUTE_NAME];
	for (size_t i = 0; i < e->n_xattrs && (S_ISREG(e->mode) || S_ISDIR(e->mode)); i++) {
		const char *name = e->xattrs[i].name;
		bool acl = strncmp(name, ACL, strlen(ACL)) == 0;
		struct erofs_sample *s = &image->samples[acl];
		if (s->path || image_substitute_xattr(name, renamed) != name ||
		    (!acl && strncmp(name, "user.", 5) != 0 && strncmp(name, "security.", 9) != 0))
			continue;
		*s = (struct erofs_sample){mem_strdup(e->path), mem_strdup(name)};
	}
}

static int read_entries(int tar, struct erofs_tree *t, struct erofs_image *image, uint64_t *tar_size, struct err *err)
{
	CLEANUP_LAYER_READER struct layer_reader *reader = layer_reader_new_file(tar);
	const struct layer_entry *e;
	off_t size = lseek(tar, 0, SEEK_END);
	int r;
	if (size < 0)
		return err_sys(err, errno, "file-read", "cannot read the tar");
	*tar_size = (uint64_t)size;
	while ((r = layer_reader_next(reader, &e, err)) > 0) {
		if ((r = erofs_tree_add(t, e, *tar_size, err)) < 0)
			return r;
		take_samples(image, e);
	}
	return r;
}

static int make(int tar, int out, const void *uuid, struct erofs_image *image, struct err *err)
{
	CLEANUP_EROFS_TREE struct erofs_tree t;
	uint64_t tar_size = 0;
	erofs_tree_init(&t);
	int r = read_entries(tar, &t, image, &tar_size, err);
	if (r < 0)
		return r;
	image->bytes = t.bytes;
	image->entries = t.n_entries;
	image->files = t.n_regular;
	image->bare_root = !t.has_root;
	erofs_tree_sort(&t);
	uint64_t inodes = erofs_layout_make(&t, &image->size);
	return erofs_emit(&t, inodes, image->size, tar_size, uuid, out, err);
}

int erofs_image_write(int tar, int out, const void *uuid, struct erofs_image *image, struct err *err)
{
	struct erofs_image made = {0};
	int r = make(tar, out, uuid, &made, err);
	if (r < 0)
		erofs_image_done(&made);
	else
		*image = made;
	return r;
}

void erofs_image_done(struct erofs_image *image)
{
	for (size_t i = 0; i < 2; i++) {
		free(image->samples[i].path);
		free(image->samples[i].name);
	}
	*image = (struct erofs_image){0};
}
