#include "cmd/batch/child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/secret.h"

/* Each argument ends with a NUL. */
static int write_arguments(const struct strlist *argv, int fd, struct err *err)
{
	for (size_t i = 0; i < argv->count; i++) {
		int r = fd_write_all(fd, argv->items[i], strlen(argv->items[i]) + 1, err);
		if (r < 0)
			return r;
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? err_sys(err, errno, "process-start", "hand over the options") : 0;
}

int batch_child_start(const char *name, const struct strlist *argv, int out, int errors, struct subproc *child,
		      struct err *err)
{
	char program[] = "/proc/self/exe", mode[] = BATCH_CHILD;
	CLEANUP_FREE char *image = mem_strdup(name);
	CLEANUP_FD int in = memfd_create("slim-arguments", MFD_CLOEXEC);
	if (in < 0)
		return err_sys(err, errno, "process-start", "hand over the options");
	int r = write_arguments(argv, in, err);
	if (r < 0)
		return r;
	char *line[] = {program, mode, image, NULL};
	return subproc_start(
	    &(struct subproc_command){.argv = line, .dir_fd = AT_FDCWD, .in = in, .out = out, .err = errors}, child,
	    err);
}

static int close_input(struct err *err)
{
	CLEANUP_FD int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		return err_sys(err, errno, "file-open", "/dev/null can't be opened");
	return 0;
}

static bool is_child;

bool batch_child_is_this(void)
{
	return is_child;
}

int batch_child_arguments(struct strlist *argv, struct err *err)
{
	CLEANUP_SECRET_BUF struct buf text = {0};
	is_child = true;
	int r = fd_read_all(STDIN_FILENO, LIMIT_BATCH_ARGUMENTS, "the options of the image", &text, err);
	if (r == 0)
		r = close_input(err);
	if (r < 0)
		return r;
	strlist_add(argv, "slim");
	for (size_t i = 0; i < text.len; i += strlen(text.data + i) + 1)
		strlist_add(argv, text.data + i);
	return 0;
}
