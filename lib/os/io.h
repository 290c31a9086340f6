/* os/io.h - a stream of bytes to read from: a file, an archive member, an HTTP body.
 * Lifetime: whoever opened it calls io_reader_close once; an all-zero reader closes as a no-op. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/err.h"

struct io_reader {
	/* Up to n bytes into buf; 0 at the end, negative error code. */
	ssize_t (*read)(void *ctx, void *buf, size_t n, struct err *err);
	void (*close)(void *ctx); /* may be NULL */
	void *ctx;
};

static inline void io_reader_close(struct io_reader *r)
{
	if (r->close)
		r->close(r->ctx);
	*r = (struct io_reader){0};
}
#define CLEANUP_IO_READER CLEANUP(io_reader_close)

/* What everything reads with: r->read, or ERR_CANCELLED once the user asked to stop (base/stop.h). */
ssize_t io_read(const struct io_reader *r, void *buf, size_t n, struct err *err) MUST_CHECK;
/* Returns 0 once fd, a pipe for example, can be read without waiting, or ERR_CANCELLED. */
int io_await(int fd, struct err *err) MUST_CHECK;

/* A reader over a file descriptor, which it owns from then on. */
struct io_reader io_reader_fd(int fd);
/* A reader over a copy of n bytes. */
struct io_reader io_reader_bytes(const void *data, size_t n);
