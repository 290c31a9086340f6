#include "erofs/layout.h"

#include <string.h>

static uint64_t align(uint64_t at, uint64_t to)
{
	return (at + to - 1) / to * to;
}

bool erofs_names_next(const struct erofs_tree *t, const struct erofs_file *dir, struct erofs_names *i,
		      const char **name, uint32_t *file)
{
	static const char *const dots[] = {".", ".."};
	const struct erofs_node *n = i->next < dir->n_names ? &t->nodes[t->names[dir->first_name + i->next]] : NULL;
	if (i->dots < 2 && (!n || strcmp(dots[i->dots], n->name) < 0)) {
		const struct erofs_node *self = &t->nodes[dir->node];
		*name = dots[i->dots];
		*file = i->dots++ == 0 ? self->file : t->nodes[self->parent].file;
		return true;
	}
	if (!n)
		return false;
	*name = n->name;
	*file = n->file;
	i->next++;
	return true;
}

/* All blocks but the last are as full as whole names make them. */
static uint64_t dir_size(const struct erofs_tree *t, const struct erofs_file *dir)
{
	struct erofs_names i = {0};
	const char *name;
	uint32_t file;
	uint64_t blocks = 0;
	size_t used = 0;
	while (erofs_names_next(t, dir, &i, &name, &file)) {
		size_t n = sizeof(struct erofs_dirent) + strlen(name);
		if (used + n > EROFS_BLOCK) {
			blocks++;
			used = 0;
		}
		used += n;
	}
	return blocks * EROFS_BLOCK + used;
}

bool erofs_layout_is_inline(const struct erofs_file *f)
{
	return S_ISLNK(f->mode) && sizeof(struct erofs_inode) + f->xattrs_len + f->size <= EROFS_BLOCK;
}

uint64_t erofs_layout_tail(const struct erofs_file *f)
{
	uint64_t at = f->nid * EROFS_SLOT + sizeof(struct erofs_inode) + f->xattrs_len;
	return S_ISREG(f->mode) ? align(at, sizeof(struct erofs_chunk)) : at;
}

/* The end of an inode and of what belongs to it. */
static uint64_t inode_end(const struct erofs_file *f)
{
	uint64_t at = erofs_layout_tail(f);
	if (S_ISREG(f->mode) && f->size)
		return at + sizeof(struct erofs_chunk);
	return erofs_layout_is_inline(f) ? at + f->size : at;
}

/* An inode itself does not cross a block, nor does one that has a target behind it. */
static void place(struct erofs_file *f, uint64_t at)
{
	size_t whole = sizeof(struct erofs_inode) + (erofs_layout_is_inline(f) ? f->xattrs_len + f->size : 0);
	at = align(at, EROFS_SLOT);
	if (at % EROFS_BLOCK + whole > EROFS_BLOCK)
		at = align(at, EROFS_BLOCK);
	f->nid = at / EROFS_SLOT;
}

uint64_t erofs_layout_make(struct erofs_tree *t, uint64_t *end)
{
	uint64_t at = EROFS_FIRST_INODE;
	for (size_t i = 0; i < t->n_files; i++) {
		place(&t->files[i], at);
		at = inode_end(&t->files[i]);
	}
	uint64_t inodes = align(at, EROFS_BLOCK), next = inodes;
	for (size_t i = 0; i < t->n_files; i++) {
		struct erofs_file *f = &t->files[i];
		if (S_ISDIR(f->mode))
			f->size = dir_size(t, f);
		else if (!S_ISLNK(f->mode) || erofs_layout_is_inline(f))
			continue;
		f->block = (uint32_t)(next / EROFS_BLOCK);
		next = align(next + f->size, EROFS_BLOCK);
	}
	*end = next;
	return inodes;
}
