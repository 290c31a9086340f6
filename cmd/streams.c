#include "cmd/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define COLUMNS 80
#define REPORT_ROOM (1u << 18) /* bytes; the report of an image of 100 MB takes a tenth */

int streams_open(struct err *err)
{
	static const int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};
	for (int i = 0; i < 3; i++) /* open takes the lowest free number */
		if (fcntl(i, F_GETFD) < 0 && open("/dev/null", modes[i]) < 0)
			return err_sys(err, errno, "file-open",
				       "descriptor %d is closed, and /dev/null can't be opened", i);
	return 0;
}

bool streams_is_live(int fd)
{
	const char *term = getenv("TERM");
	return term && *term && strcmp(term, "dumb") != 0 && isatty(fd);
}

unsigned streams_columns(int fd)
{
	struct winsize w;
	return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : COLUMNS;
}

bool streams_has_colour(int fd)
{
	const char *no = getenv("NO_COLOR");
	return streams_is_live(fd) && !(no && *no);
}

/* Returns the errno with which writing the report would fail, or 0. */
static int output_errno(void)
{
	const int fd = STDOUT_FILENO, flags = fcntl(fd, F_GETFL);
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	struct statvfs fs;
	struct stat st;
	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		return EBADF;
	if (poll(&p, 1, 0) == 1 && (p.revents & POLLERR))
		return EPIPE;
	if (fstat(fd, &st) < 0)
		return errno;
	if (S_ISREG(st.st_mode) && fstatvfs(fd, &fs) == 0 && fs.f_blocks && fs.f_bfree * fs.f_frsize < REPORT_ROOM)
		return ENOSPC;
	return S_ISCHR(st.st_mode) && !isatty(fd) && write(fd, "\n", 1) < 0 ? errno : 0;
}

int streams_check_output(struct err *err)
{
	int e = output_errno();
	return e ? err_sys(err, e, "stdout-write", "cannot write to standard output") : 0;
}
