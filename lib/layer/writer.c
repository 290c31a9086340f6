#include "layer/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "layer/tar_header.h"

#define BLOCK ((size_t)512)
#define COPY_SIZE ((size_t)256 << 10)
#define SMALL ((size_t)32 << 10) /* a file up to here is written in one go with its header */

struct layer_writer {
	struct layer_encoder *encoder;
	struct buf header;
	char *copy;
	struct err failure; /* the tar is cut: given again by every later call */
};

struct layer_writer *layer_writer_new(int fd, enum oci_compression c, int level)
{
	struct layer_writer *w = mem_alloc(sizeof(*w));
	w->encoder = layer_encoder_new(fd, c, level);
	w->copy = mem_alloc(COPY_SIZE);
	return w;
}

void layer_writer_free(struct layer_writer *w)
{
	if (!w)
		return;
	layer_encoder_free(w->encoder);
	buf_done(&w->header);
	free(w->copy);
	free(w);
}

/* Up to n bytes at offset, fewer only at the file's end. */
static ssize_t read_full(int fd, char *p, size_t n, uint64_t offset, struct err *err)
{
	size_t done = 0;
	while (done < n) {
		ssize_t got = pread(fd, p + done, n - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, errno, "file-read", "its content cannot be read");
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static int changed(bool longer, uint64_t size, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "file-changed",
		       "its content is %s than the %llu bytes it should have; did it change?",
		       longer ? "longer" : "shorter", (unsigned long long)size);
}

/* Appends all of the file and the padding to the header. Asks for one byte more than the file should have: a regular
 * file gives fewer bytes than asked for only at its end. */
static int append_content(struct layer_writer *w, int fd, size_t size, struct err *err)
{
	const size_t padding = -size % BLOCK;
	buf_reserve(&w->header, size + BLOCK);
	char *at = w->header.data + w->header.len;
	ssize_t got = pread(fd, at, size + 1, 0);
	if (got != (ssize_t)size)
		got = read_full(fd, at, size + 1, 0, err);
	if (got < 0)
		return (int)got;
	if ((size_t)got != size)
		return changed((size_t)got > size, size, err);
	memset(at + size, 0, padding);
	w->header.len += size + padding;
	return 0;
}

/* All of the file, which must have size bytes exactly, and the padding. */
static int add_content(struct layer_writer *w, int fd, uint64_t size, struct err *err)
{
	for (uint64_t done = 0;;) {
		ssize_t got = read_full(fd, w->copy, COPY_SIZE, done, err);
		if (got < 0)
			return (int)got;
		if ((uint64_t)got > size - done || ((size_t)got < COPY_SIZE && done + (uint64_t)got < size))
			return changed((uint64_t)got > size - done, size, err);
		int r = layer_encoder_write(w->encoder, w->copy, (size_t)got, err);
		if (r < 0)
			return r;
		done += (uint64_t)got;
		if ((size_t)got < COPY_SIZE)
			break;
	}
	static const char zeros[BLOCK];
	return layer_encoder_write(w->encoder, zeros, -size % BLOCK, err);
}

static int add(struct layer_writer *w, const struct layer_entry *e, int content, struct err *err)
{
	bool has_content = S_ISREG(e->mode) && !e->hardlink;
	if (has_content != (content >= 0) && (has_content ? e->size > 0 : true))
		return err_set(err, ERR_INVAL, "entry-content-mismatch",
			       has_content ? "a file without content" : "content for an entry that is not a file");
	if ((e->hardlink || S_ISLNK(e->mode)) && (!e->link || !e->link[0]))
		return err_set(err, ERR_INVAL, "entry-link-without-target", "a link without a target");
	w->header.len = 0;
	int r = layer_tar_header_append(e, &w->header, err);
	const bool reads = has_content && content >= 0, small = reads && e->size <= SMALL;
	if (r >= 0 && small)
		r = append_content(w, content, (size_t)e->size, err);
	if (r >= 0)
		r = layer_encoder_write(w->encoder, w->header.data, w->header.len, err);
	if (r >= 0 && reads && !small)
		r = add_content(w, content, e->size, err);
	return r;
}

static int fail(struct layer_writer *w, struct err *err)
{
	if (err)
		*err = w->failure;
	return -(int)w->failure.code;
}

int layer_writer_add(struct layer_writer *w, const struct layer_entry *e, int content, struct err *err)
{
	if (w->failure.code)
		return fail(w, err);
	if (add(w, e, content, &w->failure) >= 0)
		return 0;
	(void)layer_entry_wrap(e->path, strlen(e->path), &w->failure);
	return fail(w, err);
}

int layer_writer_finish(struct layer_writer *w, struct layer_digests *out, struct err *err)
{
	static const char end[2 * BLOCK];
	if (w->failure.code)
		return fail(w, err);
	int r = layer_encoder_write(w->encoder, end, sizeof(end), err);
	return r < 0 ? r : layer_encoder_finish(w->encoder, out, err);
}
