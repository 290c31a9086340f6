/* os/output_file.h - a file that a user names for output: --report FILE, -o FILE, -o oci-archive:FILE.
 * A regular file, or a name without a file: a temporary file beside it is written, flushed to the disk and renamed over
 *   it, so that it is there whole or not at all. It keeps the mode of the old file, and the owner as far as slim may
 *   give a file away. If that can't be (a bind mount, a directory that nothing can be added to), an existing file is
 *   written in place.
 * A symlink: what it leads to is written, and the link stays. In a directory like /tmp another user's link is refused,
 *   as the kernel does with fs.protected_symlinks.
 * A device or fifo: written in place. A fifo waits for a reader, until a signal arrives.
 * "-", /dev/stdout, /dev/stderr, /dev/fd/N and /proc/self/fd/N: that descriptor, from its current offset on.
 * A socket: a connection to it is written.
 * A directory: an error.
 * Three ways: output_file_write for bytes in memory, output_file_make for what a function writes. For an output that is
 * made piece by piece, output_file_open before the work; then output_file_begin, writes and output_file_end to write it
 * in place, or, if output_file_is_replaceable, output_file_replace with a file that was made beside it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"

/* Where a path leads. A symlink that is put there later is not followed. */
struct output_file {
	char *path;     /* as the user wrote it, for messages */
	int descriptor; /* borrowed: path names it, and the rest is not set; -1 = none */
	int dir;        /* of the file; opened O_PATH */
	char *name;     /* in dir */
	struct stat st; /* st_mode 0 = there is nothing of that name */
};
#define OUTPUT_FILE_NONE                                                                                               \
	{                                                                                                              \
		.descriptor = -1, .dir = -1                                                                            \
	}

/* Checks before a long run whether output_file_write is likely to succeed. Creates and opens nothing. The errors name
 * path: ERR_NOTFOUND if its directory does not exist, ERR_DENIED if it can't be written, ERR_INVAL if it is not a file
 * to write to. */
int output_file_check(const char *path, struct err *err) MUST_CHECK;
/* Write n bytes. A new file gets the mode 0644, less the umask. */
int output_file_write(const char *path, const void *data, size_t n, struct err *err) MUST_CHECK;
/* Writes all of it to fd. It is called again, with another fd, if the first file can't take the place of the old one.
 */
typedef int output_file_maker(void *ctx, int fd, struct err *err);
/* The same as output_file_write for what make writes. If make fails, a file that is replaced stays as it was. */
int output_file_make(const char *path, output_file_maker *make, void *ctx, struct err *err) MUST_CHECK;
/* Add whole lines to the end of a file that others write to, too: what is there stays, and a last line that has no end
 * gets one. A new file is made as by output_file_write; a device, fifo or descriptor is written in place. */
int output_file_append(const char *path, const void *data, size_t n, struct err *err) MUST_CHECK;
/* Whether path names standard output: what is printed beside it would be mixed with the file. */
bool output_file_is_stdout(const char *path);

/* The same checks and errors as output_file_check. */
int output_file_open(const char *path, struct output_file *out, struct err *err) MUST_CHECK;
void output_file_done(struct output_file *f);
#define CLEANUP_OUTPUT_FILE CLEANUP(output_file_done)
/* Whether it is a descriptor, device, fifo or socket, which can only be written in place. */
bool output_file_is_special(const struct output_file *f);
/* Whether it is not special, and files can be made in f->dir. */
bool output_file_is_replaceable(const struct output_file *f);
/* Open it to write in place; a regular file is emptied. Returns an fd that the caller closes. */
int output_file_begin(const struct output_file *f, struct err *err) MUST_CHECK;
/* Call it after the last write to the fd of output_file_begin: flushes a regular file to the disk. */
int output_file_end(const struct output_file *f, int fd, struct err *err) MUST_CHECK;
/* Flush the regular file dir/name and rename it over f, with the mode and owner of the old file. fd can read
 * dir/name, which is in the file system of f->dir. If f can't be replaced (a bind mount), it is overwritten with the
 * bytes of dir/name, which stays. */
int output_file_replace(const struct output_file *f, int fd, int dir, const char *name, struct err *err) MUST_CHECK;
