#include "erofs/emit.h"

#include <endian.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/stop.h"
#include "erofs/layout.h"
#include "os/fd.h"

#define FLUSH ((size_t)1 << 20)

struct output {
	int fd;
	uint64_t written; /* before what is in pending */
	struct buf pending;
};

static void pad_to(struct output *o, uint64_t offset)
{
	static const char zeros[EROFS_BLOCK];
	for (uint64_t left; (left = offset - o->written - o->pending.len) > 0;)
		buf_append(&o->pending, zeros, left < sizeof(zeros) ? (size_t)left : sizeof(zeros));
}

static int flush(struct output *o, size_t more_than, struct err *err)
{
	int r = stop_check(err);
	if (r < 0 || o->pending.len <= more_than)
		return r;
	r = fd_write_all(o->fd, o->pending.data, o->pending.len, err);
	o->written += o->pending.len;
	o->pending.len = 0;
	return r;
}

static void put_super(struct output *o, const struct erofs_tree *t, uint64_t size, uint64_t tar_size, const void *uuid)
{
	struct erofs_super s = {
	    .magic = htole32(EROFS_MAGIC),
	    .feature_compat = htole32(EROFS_COMPAT_MTIME),
	    .block_bits = EROFS_BLOCK_BITS,
	    .root_nid = htole16((uint16_t)t->files[0].nid),
	    .inodes = htole64(t->n_files),
	    .blocks = htole32((uint32_t)(size / EROFS_BLOCK)),
	    .feature_incompat = htole32(EROFS_INCOMPAT_CHUNKED_FILE | EROFS_INCOMPAT_DEVICE_TABLE),
	    .extra_devices = htole16(1),
	    .device_slot = htole16((EROFS_SUPER_AT + sizeof(s)) / sizeof(struct erofs_device)),
	};
	const struct erofs_device d = {.blocks = htole32((uint32_t)(tar_size / EROFS_BLOCK))};
	memcpy(s.uuid, uuid, sizeof(s.uuid));
	pad_to(o, EROFS_SUPER_AT);
	buf_append(&o->pending, &s, sizeof(s));
	buf_append(&o->pending, &d, sizeof(d));
}

/* The number of a device as Linux stores it. */
static uint32_t device_number(dev_t d)
{
	unsigned low = minor(d) & 0xff, high = minor(d) & ~0xffu;
	return low | major(d) << 8 | high << 12;
}

/* One chunk holds the whole file: chunks are of a power of 2 blocks. */
static unsigned chunk_bits(uint64_t size)
{
	unsigned bits = 0;
	while ((uint64_t)EROFS_BLOCK << bits < size)
		bits++;
	return bits;
}

static void put_inode(struct output *o, const struct erofs_file *f, uint32_t number)
{
	enum erofs_layout layout = EROFS_PLAIN;
	uint32_t place = 0;
	bool chunk = S_ISREG(f->mode) && f->size;
	if (chunk) {
		layout = EROFS_CHUNKS;
		place = chunk_bits(f->size) | EROFS_CHUNK_INDEXES;
	} else if (S_ISCHR(f->mode) || S_ISBLK(f->mode)) {
		place = device_number(f->rdev);
	} else if (erofs_layout_is_inline(f)) {
		layout = EROFS_INLINE;
		place = EROFS_NO_BLOCK;
	} else if (S_ISDIR(f->mode) || S_ISLNK(f->mode)) {
		place = f->block;
	}
	const struct erofs_inode i = {
	    .format = htole16((uint16_t)(EROFS_EXTENDED | layout << 1)),
	    .xattr_count =
		htole16(f->xattrs_len ? (uint16_t)((f->xattrs_len - sizeof(struct erofs_xattr_header)) / 4 + 1) : 0),
	    .mode = htole16((uint16_t)f->mode),
	    .size = htole64(f->size),
	    .place = htole32(place),
	    .ino = htole32(number),
	    .uid = htole32(f->uid),
	    .gid = htole32(f->gid),
	    .mtime = htole64((uint64_t)f->mtime.tv_sec),
	    .mtime_nsec = htole32((uint32_t)f->mtime.tv_nsec),
	    .nlink = htole32(f->nlink),
	};
	pad_to(o, f->nid * EROFS_SLOT);
	buf_append(&o->pending, &i, sizeof(i));
	if (f->xattrs_len)
		buf_append(&o->pending, f->xattrs, f->xattrs_len);
	pad_to(o, erofs_layout_tail(f));
	const struct erofs_chunk c = {.device = htole16(1), .block = htole32((uint32_t)(f->start / EROFS_BLOCK))};
	if (chunk)
		buf_append(&o->pending, &c, sizeof(c));
	else if (layout == EROFS_INLINE)
		buf_append(&o->pending, f->target, f->size);
}

static uint8_t type_of(mode_t mode)
{
	static const struct {
		mode_t mode;
		uint8_t type;
	} types[] = {{S_IFREG, 1}, {S_IFDIR, 2}, {S_IFCHR, 3}, {S_IFBLK, 4}, {S_IFIFO, 5}, {S_IFSOCK, 6}, {S_IFLNK, 7}};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if ((mode & S_IFMT) == types[i].mode)
			return types[i].type;
	return 0;
}

/* A block of a directory: all entries, then their names. */
struct dir_block {
	struct erofs_dirent entries[EROFS_BLOCK / sizeof(struct erofs_dirent)];
	char names[EROFS_BLOCK];
	size_t n, names_len;
};

static void put_block(struct output *o, struct dir_block *b)
{
	size_t heads = b->n * sizeof(struct erofs_dirent);
	for (size_t i = 0; i < b->n; i++)
		b->entries[i].name_at = htole16((uint16_t)(b->entries[i].name_at + heads));
	buf_append(&o->pending, b->entries, heads);
	buf_append(&o->pending, b->names, b->names_len);
	b->n = b->names_len = 0;
}

static void put_dir(struct output *o, const struct erofs_tree *t, const struct erofs_file *dir)
{
	struct dir_block b = {.n = 0};
	struct erofs_names i = {0};
	const char *name;
	uint32_t file;
	for (uint64_t block = dir->block; erofs_names_next(t, dir, &i, &name, &file);) {
		size_t n = strlen(name);
		if ((b.n + 1) * sizeof(struct erofs_dirent) + b.names_len + n > EROFS_BLOCK) {
			put_block(o, &b);
			pad_to(o, ++block * EROFS_BLOCK);
		}
		b.entries[b.n++] = (struct erofs_dirent){
		    .nid = htole64(t->files[file].nid),
		    .name_at = (uint16_t)b.names_len,
		    .type = type_of(t->files[file].mode),
		};
		memcpy(b.names + b.names_len, name, n);
		b.names_len += n;
	}
	put_block(o, &b);
}

static int emit(struct output *o, const struct erofs_tree *t, uint64_t inodes, uint64_t size, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < t->n_files; i++) {
		put_inode(o, &t->files[i], (uint32_t)i + 1);
		r = flush(o, FLUSH, err);
	}
	pad_to(o, inodes);
	for (size_t i = 0; r == 0 && i < t->n_files; i++) {
		const struct erofs_file *f = &t->files[i];
		if (!f->block)
			continue;
		pad_to(o, (uint64_t)f->block * EROFS_BLOCK);
		if (S_ISDIR(f->mode))
			put_dir(o, t, f);
		else
			buf_append(&o->pending, f->target, f->size);
		r = flush(o, FLUSH, err);
	}
	if (r < 0)
		return r;
	pad_to(o, size);
	return flush(o, 0, err);
}

int erofs_emit(const struct erofs_tree *t, uint64_t inodes, uint64_t size, uint64_t tar_size, const void *uuid, int out,
	       struct err *err)
{
	struct output o = {.fd = out};
	put_super(&o, t, size, tar_size, uuid);
	int r = emit(&o, t, inodes, size, err);
	buf_done(&o.pending);
	return r < 0 ? err_wrap(err, "the image of the layer's entries") : 0;
}
