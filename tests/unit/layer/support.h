/* tests/unit/layer/support.h - sources in memory, tars by hand, and a layer as text to compare. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "layer/reader.h"
#include "os/fd.h"

static inline void assert_ok(int r, const struct err *err)
{
	if (r < 0)
		fail_msg("%d: %s", r, err->msg);
}

/* A source that gives at most step bytes a time. */
struct memory {
	const char *data;
	size_t n, step;
};

static inline ssize_t memory_read(void *ctx, void *buf, size_t n, struct err *err)
{
	struct memory *m = ctx;
	if (n > m->step)
		n = m->step;
	if (n > m->n)
		n = m->n;
	if (n)
		memcpy(buf, m->data, n);
	m->data += n;
	m->n -= n;
	return (ssize_t)n;
}

static inline struct io_reader memory_source(const void *data, size_t n, size_t step)
{
	struct memory *m = mem_alloc(sizeof(*m));
	*m = (struct memory){data, n, step};
	return (struct io_reader){memory_read, free, m};
}

static inline struct io_reader buf_source(const struct buf *b)
{
	return memory_source(b->data, b->len, SIZE_MAX);
}

static inline int temp_file(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static inline int temp_file_with(const void *data, size_t n)
{
	struct err err = {0};
	int fd = temp_file();
	assert_ok(fd_write_all(fd, data, n, &err), &err);
	return fd;
}

/* All of fd, from its start. */
static inline void slurp(int fd, struct buf *out)
{
	struct err err = {0};
	out->len = 0;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_ok(fd_read_all(fd, (size_t)1 << 30, "test", out, &err), &err);
}

static inline void encode(const void *data, size_t n, enum oci_compression c, int level, struct buf *out)
{
	struct err err = {0};
	struct layer_digests d, again;
	CLEANUP_FD int fd = temp_file();
	struct layer_encoder *e = layer_encoder_new(fd, c, level);
	assert_ok(layer_encoder_write(e, data, n, &err), &err);
	assert_ok(layer_encoder_finish(e, &d, &err), &err);
	layer_encoder_free(e);
	slurp(fd, out);
	oci_digest_of(data, n, &again.diff_id);
	oci_digest_of(out->data, out->len, &again.blob);
	assert_string_equal(d.diff_id.text, again.diff_id.text);
	assert_string_equal(d.blob.text, again.blob.text);
	assert_int_equal(d.blob_size, out->len);
	assert_int_equal(d.tar_size, n);
}

static inline int decode(struct io_reader source, size_t step, struct buf *out, struct layer_digests *d,
			 struct err *err)
{
	struct layer_decoder *x = layer_decoder_new(source);
	CLEANUP_FREE char *block = mem_alloc(step);
	ssize_t n;
	while ((n = layer_decoder_read(x, block, step, err)) > 0)
		buf_append(out, block, (size_t)n);
	int r = n < 0 ? (int)n : layer_decoder_finish(x, d, err);
	layer_decoder_free(x);
	return r;
}

/* One header block. size: of what follows. */
static inline void put_header(struct buf *b, char type, const char *name, const char *link, size_t size)
{
	char h[512] = {0};
	strncpy(h, name, 100);
	memcpy(h + 100, "0000644", 8);
	memcpy(h + 108, "0000000", 8);
	memcpy(h + 116, "0000000", 8);
	snprintf(h + 124, 12, "%011zo", size);
	memcpy(h + 136, "00000000000", 12);
	memset(h + 148, ' ', 8);
	h[156] = type;
	strncpy(h + 157, link, 100);
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	unsigned sum = 0;
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	buf_append(b, h, sizeof(h));
}

static inline void put_body(struct buf *b, const void *data, size_t n)
{
	static const char zeros[512];
	buf_append(b, data, n);
	buf_append(b, zeros, -n % 512);
}

static inline void put_end(struct buf *b)
{
	static const char zeros[1024];
	buf_append(b, zeros, sizeof(zeros));
}

static inline void put_record(struct buf *b, const char *key, const void *value, size_t n)
{
	size_t len = strlen(key) + n + 3;
	char digits[24];
	size_t total = len;
	do
		total = len + (size_t)snprintf(digits, sizeof(digits), "%zu", total);
	while (total != len + strlen(digits) || total != strtoul(digits, NULL, 10));
	buf_printf(b, "%s %s=", digits, key);
	buf_append(b, value, n);
	buf_char(b, '\n');
}

static inline void put_pax(struct buf *b, const struct buf *records)
{
	put_header(b, 'x', "PaxHeaders/x", "", records->len);
	put_body(b, records->data, records->len);
}

/* Escaped, runs of an ASCII byte above 8 as c{n}. */
static inline void describe_name(struct buf *out, const char *s)
{
	for (size_t i = 0, run; s[i]; i += run) {
		bool ascii = (unsigned char)s[i] < 0x80;
		for (run = 1; ascii ? s[i + run] == s[i] : (unsigned char)s[i + run] >= 0x80; run++)
			;
		bool many = ascii && run > 8;
		buf_escape(out, s + i, many ? 1 : run);
		if (many)
			buf_printf(out, "{%zu}", run);
	}
}

static inline void describe_entry(struct buf *out, const struct layer_entry *e)
{
	buf_printf(out, "%06o %u:%u %llu", e->mode, e->uid, e->gid, (unsigned long long)e->size);
	if (e->mtime.tv_sec != 1000000000 || e->mtime.tv_nsec)
		buf_printf(out, " %lld+%09ld", (long long)e->mtime.tv_sec, e->mtime.tv_nsec);
	if (e->rdev)
		buf_printf(out, " dev=%llx", (unsigned long long)e->rdev);
	buf_char(out, ' ');
	describe_name(out, e->path[0] ? e->path : "(root)");
	if (e->link) {
		buf_str(out, e->hardlink ? " => " : " -> ");
		describe_name(out, e->link);
	}
	for (size_t i = 0; i < e->n_xattrs; i++) {
		buf_printf(out, " %s=", e->xattrs[i].name);
		for (size_t k = 0; k < e->xattrs[i].len; k++)
			buf_printf(out, "%02x", ((unsigned char *)e->xattrs[i].value)[k]);
	}
}

/* Every entry as a line, its content as the first 8 digits of its digest behind it, with the holes' count. */
static inline int describe_layer(struct io_reader source, struct buf *out, struct layer_digests *d, struct err *err)
{
	CLEANUP_LAYER_READER struct layer_reader *r = layer_reader_new(source);
	const struct layer_entry *e;
	int rc;
	while ((rc = layer_reader_next(r, &e, err)) > 0) {
		describe_entry(out, e);
		CLEANUP_BUF struct buf content = {0};
		const void *data;
		size_t n, holes = 0;
		uint64_t at;
		while ((rc = layer_reader_data(r, &data, &n, &at, err)) > 0) {
			holes += at != content.len;
			for (; content.len < at;)
				buf_char(&content, '\0');
			buf_append(&content, data, n);
		}
		if (rc < 0)
			return rc;
		holes += content.len != e->size && !e->hardlink;
		for (; content.len < e->size;)
			buf_char(&content, '\0');
		if (content.len) {
			struct oci_digest digest;
			oci_digest_of(content.data, content.len, &digest);
			buf_printf(out, " %.8s", oci_digest_hex(&digest));
		}
		if (holes)
			buf_printf(out, " %zu holes", holes);
		buf_char(out, '\n');
	}
	return rc < 0 ? rc : layer_reader_finish(r, d, err);
}
