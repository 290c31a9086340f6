/* os/output_file.h - a file that a user names for output: --report FILE, -o FILE.
 * A regular file, or a name without a file: a temporary file beside it is written, flushed to the disk and renamed over
 *   it, so that it is there whole or not at all. It keeps the mode of the old file, and the owner as far as slim may
 *   give a file away. If that can't be (a bind mount, a directory that nothing can be added to), an existing file is
 *   written in place.
 * A symlink: what it leads to is written, and the link stays. In a directory like /tmp another user's link is refused,
 *   as the kernel does with fs.protected_symlinks.
 * A device or fifo: written in place. A fifo waits for a reader, until a signal arrives.
 * "-", /dev/stdout, /dev/stderr, /dev/fd/N and /proc/self/fd/N: that descriptor, from its current offset on.
 * A socket or directory: an error. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Checks before a long run whether output_file_write is likely to succeed. Creates and opens nothing. The errors name
 * path: ERR_NOTFOUND if its directory does not exist, ERR_DENIED if it can't be written, ERR_INVAL if it is not a file
 * to write to. */
int output_file_check(const char *path, struct err *err) MUST_CHECK;
/* Write n bytes. A new file gets the mode 0644, less the umask. */
int output_file_write(const char *path, const void *data, size_t n, struct err *err) MUST_CHECK;
/* Whether path names standard output: what is printed beside it would be mixed with the file. */
bool output_file_is_stdout(const char *path);
