/* os/fd.h - files by (directory fd, relative path). Every fd is close-on-exec from birth.
 * Paths inside an image are resolved with fd_open_in_root, never joined to strings. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

/* open_below with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS: ".." and absolute symlinks stay below root.
 * Returns an fd or a negative code (ERR_NOTFOUND, ...). */
int fd_open_in_root(int root, const char *path, int flags, mode_t mode, struct err *err) MUST_CHECK;

/* The whole file into out; more than max bytes is ERR_LIMIT. The message names path. Waiting for a pipe or a terminal
 * ends with ERR_CANCELLED if the user asks to stop. */
int fd_read_file(int dir, const char *path, size_t max, struct buf *out, struct err *err) MUST_CHECK;
int fd_read_all(int fd, size_t max, const char *what, struct buf *out, struct err *err) MUST_CHECK;
int fd_write_all(int fd, const void *data, size_t n, struct err *err) MUST_CHECK;
int fd_sink(void *fd, const char *data, size_t n, struct err *err); /* a buf_sink; fd points to an int */

/* Create and open, for writing, a file that was not there and whose name begins with path and can't be guessed; *name
 * is it, free(). */
int fd_create_temporary(int dir, const char *path, mode_t mode, char **name, struct err *err) MUST_CHECK;
/* Write a temporary file beside path and rename it over path: for slim's own files, see os/output_file.h for those of
 * users. */
int fd_write_file_atomic(int dir, const char *path, const void *data, size_t n, mode_t mode,
			 struct err *err) MUST_CHECK;

/* Copy n bytes from the current offset of one to the other's (copy_file_range where it can). Asks base/stop.h. */
int fd_copy(int from, int to, uint64_t n, struct err *err) MUST_CHECK;

/* mkdir that accepts an existing directory; with parents like mkdir -p. */
int fd_mkdir_p(int dir, const char *path, mode_t mode, struct err *err) MUST_CHECK;

/* Remove dir/name and all below it, however deep. Crosses neither symlinks nor mount points: a mount point below it
 * is an error, found before anything is removed. It is not an error if dir/name does not exist. */
int fd_remove_tree(int dir, const char *name, struct err *err);

/* dir/name as a path through /proc, which opens nothing: for the calls that take neither an O_PATH fd nor (fd, name),
 * as those for extended attributes. name "" is dir itself. A negative errno if it is too long. */
#define FD_PROC_PATH (32 + LIMIT_NAME)
int fd_proc_path(int dir, const char *name, char out[static FD_PROC_PATH]) MUST_CHECK;

/* close(2) for a descriptor whose end takes the kernel long, such as one of fanotify or inotify: a thread waits for it,
 * and the caller does not. -1: nothing. */
void fd_close_slow(int fd);

/* poll(2) for a thread that must not give up. If poll fails because the kernel has no memory, it pauses for a moment
 * and reports every descriptor as ready; so make the descriptors non-blocking. Returns the number of descriptors with
 * revents; 0 = time-out, or a signal came. */
int fd_poll(struct pollfd *fds, size_t n, int timeout_ms);
