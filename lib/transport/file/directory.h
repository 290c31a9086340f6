/* transport/file/directory.h - opens and makes the directory that an image is in, or is written to; private to
 * lib/transport/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "oci/descriptor.h"
#include "os/io.h"

/* Returns the fd. ERR_INVAL names the transports of archives when it is a file. */
int file_directory_open(const char *path, struct err *err) MUST_CHECK;
/* Whether dir has nothing in it but what other sinks stage there. */
bool file_directory_is_empty(int dir);

/* A regular file in it, and its size: a FIFO or device in its place must not hang us. Symlinks are followed,
 * also out of the directory (build systems make such layouts): a digest decides what is accepted. */
int file_directory_open_file(int dir, const char *path, uint64_t *size, struct err *err) MUST_CHECK;
/* The file in it that holds the bytes of d. ERR_CORRUPT if it has another size. */
int file_directory_open_blob(int dir, const char *path, const struct oci_descriptor *d, struct io_reader *out,
			     struct err *err) MUST_CHECK;
/* All of it, up to LIMIT_MANIFEST; out is replaced. */
int file_directory_read_file(int dir, const char *path, struct buf *out, struct err *err) MUST_CHECK;
/* A file that can't be looked up counts as there: opening it gives the reason. */
bool file_directory_has_file(int dir, const char *path);

/* mkdir -p and open. Returns the fd. *made: bytes of path up to the first directory that it made, 0 = none. */
int file_directory_make(const char *path, size_t *made, struct err *err) MUST_CHECK;
/* Undo it, from below; what is in use by now stays. Another process may have opened a directory that it removes. */
void file_directory_unmake(const char *path, size_t made);
/* Whether to begin again with file_directory_make: r is an error, and it is because another process has removed dir
 * (-1 = none) meanwhile. *tries starts at 0. */
bool file_directory_is_worth_a_try(int r, int dir, unsigned *tries);
/* Whether a process has removed it since it was opened. */
bool file_directory_is_removed(int dir);
