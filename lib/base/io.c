#include "base/io.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

static ssize_t fd_read_some(void *ctx, void *buf, size_t n, struct err *err)
{
	ssize_t got;
	do
		got = read((int)(intptr_t)ctx, buf, n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? err_sys(err, errno, "read") : got;
}

static void fd_close(void *ctx)
{
	close((int)(intptr_t)ctx);
}

struct io_reader io_reader_fd(int fd)
{
	return (struct io_reader){fd_read_some, fd_close, (void *)(intptr_t)fd};
}
