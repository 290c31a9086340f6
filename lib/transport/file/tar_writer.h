/* transport/file/tar_writer.h - writes the headers of a tar whose data the kernel copies; private to lib/transport/.
 * Spec: POSIX ustar; sizes from 8 GiB on in GNU's base-256 form.
 * The same members give the same bytes: mtime 0, owner 0, modes 0644 and 0755. Names of up to 99 bytes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/tar.h"

/* The header alone, one block: of a directory ('5') or a file ('0') of size bytes, which then follow, and zeros up to a
 * multiple of 512. A tar ends with two blocks of zeros. */
int file_tar_writer_header(char out[TAR_BLOCK], const char *name, char type, uint64_t size, struct err *err) MUST_CHECK;

int file_tar_writer_dir(int fd, const char *name, struct err *err) MUST_CHECK; /* name ends in a slash */
/* n bytes of data, or of from at its current offset (data NULL). */
int file_tar_writer_file(int fd, const char *name, const void *data, int from, uint64_t n, struct err *err) MUST_CHECK;
int file_tar_writer_end(int fd, struct err *err) MUST_CHECK;
