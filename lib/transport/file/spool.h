/* transport/file/spool.h - decompresses a compressed or unseekable file into an unlinked temporary one; private to
 * lib/transport/. gzip, zstd, xz and bzip2 as libarchive's filters know them. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct archive; /* libarchive */

/* Whether the file of fd has to be spooled before it can be read at any offset. */
bool file_spool_is_needed(int fd);
/* Reads fd to its end. Returns a new fd on the decompressed bytes, in tmp_dir. Damaged or cut short input is
 * ERR_CORRUPT, one that grows beyond measure ERR_LIMIT. */
int file_spool_decompress(int fd, const char *tmp_dir, struct err *err) MUST_CHECK;

#define FILE_SPOOL_DAMAGED "the archive is damaged or cut short"
/* "what: libarchive's reason" */
int file_spool_archive_error(struct archive *a, enum err_code code, const char *what, struct err *err);
