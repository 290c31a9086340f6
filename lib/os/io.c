#include "os/io.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"

ssize_t io_read(const struct io_reader *r, void *buf, size_t n, struct err *err)
{
	int stop = stop_check(err);
	return stop < 0 ? stop : r->read(r->ctx, buf, n, err);
}

int io_await(int fd, struct err *err)
{
	struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = stop_fd(), .events = POLLIN}};
	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "file-read", "cannot poll");
	return stop_check(err);
}

static ssize_t fd_read_some(void *ctx, void *buf, size_t n, struct err *err)
{
	ssize_t got;
	do
		got = read((int)(intptr_t)ctx, buf, n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? err_sys(err, errno, "file-read", "cannot read") : got;
}

static void fd_close(void *ctx)
{
	close((int)(intptr_t)ctx);
}

struct io_reader io_reader_fd(int fd)
{
	return (struct io_reader){fd_read_some, fd_close, (void *)(intptr_t)fd};
}

struct bytes {
	size_t at, n;
	char data[];
};

static ssize_t bytes_read(void *ctx, void *buf, size_t n, struct err *err)
{
	struct bytes *b = ctx;
	size_t some = n < b->n - b->at ? n : b->n - b->at;
	memcpy(buf, b->data + b->at, some);
	b->at += some;
	return (ssize_t)some;
}

struct io_reader io_reader_bytes(const void *data, size_t n)
{
	struct bytes *b = mem_alloc(sizeof(*b) + n);
	b->n = n;
	if (n)
		memcpy(b->data, data, n);
	return (struct io_reader){bytes_read, free, b};
}
