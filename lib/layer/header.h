/* layer/header.h - checks the raw tar headers of one entry for faults that libarchive accepts silently or reads
 * wrong.
 * Spec: POSIX.1-2017 pax, "ustar Interchange Format" and "pax Header Block"; GNU tar's L and K.
 * libarchive cuts names at a NUL. It drops the rest of a malformed pax header with a warning that a later one may
 * hide. It takes the fraction of a negative time with the wrong sign. It goes on at the wrong place if a sparse map
 * is shorter than the content. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"

struct layer_header {
	bool has_mtime; /* the pax header has a time before 1970 */
	struct timespec mtime;
	uint64_t data_start; /* offset of what follows all headers */
	uint64_t stored;     /* bytes of content in the tar by its size field, of a sparse file with the map in it */
};

/* data: all header blocks of the entry (extended ones with their bodies, then the ustar block). A NUL
 * inside a name or a malformed pax header is ERR_CORRUPT. */
int layer_header_check(const void *data, size_t n, struct layer_header *out, struct err *err) MUST_CHECK;

/* Append the best name that (possibly broken or cut) header blocks give, for messages; nothing when they
 * are no header blocks. */
void layer_header_name(const void *data, size_t n, struct buf *out);
