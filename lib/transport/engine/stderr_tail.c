#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "transport/engine/started.h"

#define TAIL_MAX 4096
#define SHOWN_MAX 400

int engine_stderr_tail_new(struct err *err)
{
	CLEANUP_FD int fd = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || ftruncate(fd, TAIL_MAX) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) < 0)
		return err_sys(err, errno, "temporary-file-create", "cannot create a file for the output of a program");
	return steal_fd(&fd);
}

void engine_stderr_tail_text(int fd, struct buf *out)
{
	char text[TAIL_MAX + 1] = "";
	if (fd < 0 || pread(fd, text, TAIL_MAX, 0) <= 0)
		return;
	size_t n = strlen(text);
	while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	/* the end tells the reason */
	const char *from = n > SHOWN_MAX ? text + n - SHOWN_MAX : text;
	n -= (size_t)(from - text);
	for (char *at = text; (at = strpbrk(at, "\r\n"));)
		*at = ' ';
	if (n) {
		buf_str(out, ": ");
		buf_escape(out, from, n);
	}
}
