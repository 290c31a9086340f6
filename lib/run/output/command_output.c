#include "run/output/command_output.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "os/fd.h"

int run_command_output_open(int dir, struct err *err)
{
	int fd = openat(dir, "output", O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, errno, "temporary-file-create", "create a file for a command's output");
	(void)unlinkat(dir, "output", 0); /* else it goes with the run */
	return fd;
}

void run_command_output_take(int *fd, int log_fd, struct exercise_answer *out)
{
	if (*fd < 0)
		return;
	CLEANUP_BUF struct buf b = {0};
	off_t size = lseek(*fd, 0, SEEK_END);
	size_t want = size > LIMIT_OUTPUT ? LIMIT_OUTPUT : size > 0 ? (size_t)size : 0;
	buf_reserve(&b, want);
	while (b.len < want) {
		ssize_t n = pread(*fd, b.data + b.len, want - b.len, (off_t)b.len);
		if (n <= 0)
			break;
		b.len += (size_t)n;
	}
	exercise_answer_set(out, NULL, b.data, b.len, size > 0 ? (uint64_t)size : 0);
	struct err e = {0};
	if (fd_write_all(log_fd, b.data, b.len, &e) < 0)
		log_debug("the log lacks a command's output: %s", e.msg);
	close(*fd);
	*fd = -1;
}
