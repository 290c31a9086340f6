/* formats/tar.h - reads and writes the header block of a tar, and tells compressed tars by their first bytes.
 * Spec: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar's base-256 sizes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_BLOCK 512

struct tar_ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6], version[2],
	    uname[32], gname[32], major[8], minor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct tar_ustar) == TAR_BLOCK, "the ustar header is one block");

/* Writes octal digits and a NUL into a field of size bytes. If the value needs more digits or is negative, it writes
 * zeros and returns false. */
bool tar_put_octal(char *field, size_t size, int64_t value);
/* Writes magic, version and checksum: last, when all other fields are set. */
void tar_seal(struct tar_ustar *h);

/* Reads a field: octal digits behind any spaces, up to the first other byte. */
size_t tar_octal(const void *field, size_t size);
/* Whether these TAR_BLOCK bytes are a header of any kind of tar, judged by the checksum. */
bool tar_is_header(const void *block);

enum tar_compression { TAR_PLAIN, TAR_GZIP, TAR_ZSTD, TAR_XZ, TAR_BZIP2 };
/* Judges by the first n bytes of a file; 6 are enough. TAR_PLAIN stands for all that are not compressed in a known
 * way. */
enum tar_compression tar_compression_of(const void *head, size_t n);
