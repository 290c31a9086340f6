/* tests/unit/erofs/read_back.h - layers by hand, and what an EROFS image shows as text, read by other code than slim's.
 */
#pragma once

#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "erofs/format.h"
#include "erofs/image.h"
#include "layer/writer.h"
#include "os/fd.h"

static inline void assert_ok(int r, const struct err *err)
{
	if (r < 0)
		fail_msg("%d: %s", r, err->msg);
}

static inline int memory_file(const void *data, size_t n)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	assert_true(fd >= 0 && (!n || write(fd, data, n) == (ssize_t)n) && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static inline void slurp(int fd, struct buf *out)
{
	struct err err = {0};
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_ok(fd_read_all(fd, (size_t)1 << 30, "test", out, &err), &err);
}

/* content NULL = an entry without one. */
static inline void put(struct layer_writer *w, struct layer_entry e, const char *content)
{
	struct err err = {0};
	e.size = content ? strlen(content) : 0;
	CLEANUP_FD int fd = content ? memory_file(content, e.size) : -1;
	assert_ok(layer_writer_add(w, &e, fd, &err), &err);
}
#define PUT(w, content, ...) put(w, (struct layer_entry){__VA_ARGS__}, content)

struct seen { /* an image, and the tar that is its device */
	struct buf image, tar;
	const struct erofs_super *super;
};

static inline const void *at(const struct buf *b, uint64_t offset, uint64_t n)
{
	assert_true(offset <= b->len && n <= b->len - offset);
	return b->data + offset;
}

static inline const struct erofs_inode *inode_at(const struct seen *s, uint64_t nid)
{
	return at(&s->image, nid * EROFS_SLOT, sizeof(struct erofs_inode));
}

static inline uint64_t xattrs_len(const struct erofs_inode *i)
{
	unsigned count = le16toh(i->xattr_count);
	return count ? sizeof(struct erofs_xattr_header) + (count - 1) * 4 : 0;
}

static inline void show_xattrs(const struct seen *s, uint64_t nid, struct buf *out)
{
	uint64_t p = nid * EROFS_SLOT + sizeof(struct erofs_inode), end = p + xattrs_len(inode_at(s, nid));
	if (p == end)
		return;
	for (p += sizeof(struct erofs_xattr_header); p < end;) {
		const struct erofs_xattr *x = at(&s->image, p, sizeof(*x));
		unsigned n = le16toh(x->value_len);
		buf_printf(out, " %u:%.*s=", x->prefix, x->name_len,
			   (const char *)at(&s->image, p + sizeof(*x), x->name_len));
		buf_escape(out, at(&s->image, p + sizeof(*x) + x->name_len, n), n);
		p += (sizeof(*x) + x->name_len + n + 3) / 4 * 4;
	}
	assert_int_equal(p, end);
}

/* The bytes of an inode, whichever way they are stored. */
static inline const char *content_of(const struct seen *s, uint64_t nid)
{
	const struct erofs_inode *i = inode_at(s, nid);
	unsigned layout = le16toh(i->format) >> 1;
	uint64_t tail = nid * EROFS_SLOT + sizeof(*i) + xattrs_len(i), size = le64toh(i->size);
	assert_int_equal(le16toh(i->format) & 1, EROFS_EXTENDED);
	if (layout == EROFS_INLINE) {
		assert_int_equal(nid * EROFS_SLOT / EROFS_BLOCK, (tail + size - 1) / EROFS_BLOCK);
		return at(&s->image, tail, size);
	}
	if (layout == EROFS_PLAIN)
		return at(&s->image, (uint64_t)le32toh(i->place) * EROFS_BLOCK, size);
	assert_int_equal(layout, EROFS_CHUNKS);
	const struct erofs_chunk *c = at(&s->image, (tail + 7) / 8 * 8, sizeof(*c));
	assert_int_equal(le16toh(c->device), 1);
	assert_int_equal(le32toh(i->place) & ~0x1fu, EROFS_CHUNK_INDEXES);
	assert_true((uint64_t)EROFS_BLOCK << (le32toh(i->place) & 0x1f) >= size);
	return at(&s->tar, (uint64_t)le32toh(c->block) * EROFS_BLOCK, size);
}

static inline void show_inode(const struct seen *s, uint64_t nid, const char *path, struct buf *out)
{
	const struct erofs_inode *i = inode_at(s, nid);
	mode_t mode = le16toh(i->mode);
	uint64_t size = le64toh(i->size);
	buf_printf(out, "%o %u:%u", mode, le32toh(i->uid), le32toh(i->gid));
	if (i->mtime || i->mtime_nsec)
		buf_printf(out, " @%lld.%09u", (long long)le64toh(i->mtime), le32toh(i->mtime_nsec));
	if (le32toh(i->nlink) != 1)
		buf_printf(out, " x%u", le32toh(i->nlink));
	buf_printf(out, " %s", path);
	if (S_ISLNK(mode))
		buf_printf(out, " -> %.*s", (int)size, content_of(s, nid));
	else if (S_ISREG(mode) && size)
		buf_printf(out, " %.*s", (int)size, content_of(s, nid));
	else if (S_ISCHR(mode) || S_ISBLK(mode))
		buf_printf(out, " %x", le32toh(i->place));
	show_xattrs(s, nid, out);
	buf_char(out, '\n');
}

/* Checks the order of the names and that of the types, and shows what is below. parent: nid of the directory above. */
static inline void show_tree(const struct seen *s, uint64_t nid, uint64_t parent, const char *path, struct buf *out)
{
	static const mode_t types[] = {0, S_IFREG, S_IFDIR, S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK, S_IFLNK};
	uint64_t size = le64toh(inode_at(s, nid)->size);
	const char *data = content_of(s, nid);
	CLEANUP_FREE char *last = mem_strdup("");
	unsigned dots = 0;
	for (uint64_t block = 0; block < size; block += EROFS_BLOCK) {
		uint64_t used = size - block < EROFS_BLOCK ? size - block : EROFS_BLOCK;
		const struct erofs_dirent *e = (const void *)(data + block);
		size_t n = le16toh(e->name_at) / sizeof(*e);
		for (size_t k = 0; k < n; k++) {
			size_t from = le16toh(e[k].name_at), to = k + 1 < n ? le16toh(e[k + 1].name_at) : used;
			CLEANUP_FREE char *name =
			    mem_strndup(data + block + from, strnlen(data + block + from, to - from));
			uint64_t child = le64toh(e[k].nid);
			assert_true(from < to && strcmp(last, name) < 0);
			free(last);
			last = mem_strdup(name);
			assert_int_equal(types[e[k].type], le16toh(inode_at(s, child)->mode) & S_IFMT);
			if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
				assert_int_equal(child, name[1] ? parent : nid);
				dots++;
				continue;
			}
			CLEANUP_FREE char *below = mem_printf("%s/%s", path, name);
			show_inode(s, child, below, out);
			if (e[k].type == 2)
				show_tree(s, child, nid, below, out);
		}
	}
	assert_int_equal(dots, 2);
}

/* Ends the tar and writes its image; what it shows is appended to out. */
static inline void show(int tar, struct layer_writer *w, struct erofs_image *made, struct buf *out)
{
	struct err err = {0};
	struct layer_digests d;
	struct seen s = {0};
	CLEANUP_FD int fd = memory_file("", 0);
	assert_ok(layer_writer_finish(w, &d, &err), &err);
	assert_ok(erofs_image_write(tar, fd, "0123456789abcdef", made, &err), &err);
	slurp(fd, &s.image);
	slurp(tar, &s.tar);
	assert_int_equal(s.image.len, made->size);
	s.super = at(&s.image, EROFS_SUPER_AT, sizeof(*s.super));
	show_inode(&s, le16toh(s.super->root_nid), "/", out);
	show_tree(&s, le16toh(s.super->root_nid), le16toh(s.super->root_nid), "", out);
	buf_done(&s.image);
	buf_done(&s.tar);
}
