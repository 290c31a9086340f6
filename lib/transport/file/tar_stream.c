#include "transport/file/tar_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "transport/file/tar_writer.h"

struct member {
	char header[TAR_BLOCK];
	char *name;
	char *data;
	int fd; /* -1: data */
	uint64_t size;
};

struct file_tar_stream {
	struct member *members;
	size_t count, cap;
	/* Position: the member, and the byte in it, header and zeros included. */
	size_t member;
	uint64_t at;
};

struct file_tar_stream *file_tar_stream_new(void)
{
	return mem_alloc(sizeof(struct file_tar_stream));
}

void file_tar_stream_free(struct file_tar_stream *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++) {
		free(t->members[i].name);
		free(t->members[i].data);
		if (t->members[i].fd >= 0)
			close(t->members[i].fd);
	}
	free(t->members);
	free(t);
}

static int add(struct file_tar_stream *t, const char *name, uint64_t size, struct member **out, struct err *err)
{
	t->members = mem_grow(t->members, t->count, &t->cap, sizeof(*t->members));
	struct member *m = &t->members[t->count];
	*m = (struct member){.fd = -1, .size = size};
	int r = file_tar_writer_header(m->header, name, '0', size, err);
	if (r < 0)
		return r;
	m->name = mem_strdup(name);
	t->count++;
	*out = m;
	return 0;
}

int file_tar_stream_bytes(struct file_tar_stream *t, const char *name, const void *data, size_t n, struct err *err)
{
	struct member *m;
	int r = add(t, name, n, &m, err);
	if (r == 0)
		m->data = mem_dup(data, n);
	return r;
}

int file_tar_stream_file(struct file_tar_stream *t, const char *name, int fd, uint64_t n, struct err *err)
{
	CLEANUP_FD int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (own < 0)
		return err_sys(err, errno, "file-read", "%s", name);
	struct member *m;
	int r = add(t, name, n, &m, err);
	if (r == 0)
		m->fd = steal_fd(&own);
	return r;
}

static uint64_t padded(const struct member *m)
{
	return TAR_BLOCK + m->size + (-m->size & (TAR_BLOCK - 1));
}

uint64_t file_tar_stream_size(const struct file_tar_stream *t)
{
	uint64_t n = 2 * TAR_BLOCK;
	for (size_t i = 0; i < t->count; i++)
		n += padded(&t->members[i]);
	return n;
}

static size_t least(size_t n, uint64_t left)
{
	return left < n ? (size_t)left : n;
}

static ssize_t read_zeros(void *out, size_t n)
{
	memset(out, 0, n);
	return (ssize_t)n;
}

/* Some of the member from byte at on; at is not at its end. */
static ssize_t read_member(const struct member *m, uint64_t at, void *out, size_t n, struct err *err)
{
	if (at < TAR_BLOCK) {
		n = least(n, TAR_BLOCK - at);
		memcpy(out, m->header + at, n);
		return (ssize_t)n;
	}
	at -= TAR_BLOCK;
	if (at >= m->size)
		return read_zeros(out, least(n, padded(m) - TAR_BLOCK - at));
	n = least(n, m->size - at);
	if (m->fd < 0) {
		memcpy(out, m->data + at, n);
		return (ssize_t)n;
	}
	ssize_t got;
	do
		got = pread(m->fd, out, n, (off_t)at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(err, errno, "file-read", "%s", m->name);
	return got ? got : err_set(err, ERR_CORRUPT, "file-changed", "%s became shorter while it was read", m->name);
}

static ssize_t stream_read(void *ctx, void *out, size_t n, struct err *err)
{
	struct file_tar_stream *t = ctx;
	ssize_t got;
	if (t->member < t->count) {
		const struct member *m = &t->members[t->member];
		got = read_member(m, t->at, out, n, err);
		if (got > 0 && (t->at += (uint64_t)got) == padded(m)) {
			t->member++;
			t->at = 0;
		}
		return got;
	}
	got = read_zeros(out, least(n, 2 * TAR_BLOCK - t->at));
	t->at += (uint64_t)got;
	return got;
}

struct io_reader file_tar_stream_reader(struct file_tar_stream *t)
{
	t->member = 0;
	t->at = 0;
	return (struct io_reader){.read = stream_read, .ctx = t};
}
