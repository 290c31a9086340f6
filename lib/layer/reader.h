/* layer/reader.h - reads the entries of a layer in the order of the tar, and checks each.
 * Spec: image-spec 1.1 layer.md. libarchive reads tar (ustar, pax, GNU, sparse forms).
 * Lifetime: _new, any number of _next (each entry is valid until the following _next), the content of
 * a regular file by _data, then _finish and _free. Not thread-safe; independent of the locale. */
#pragma once

#include "layer/codec.h"
#include "layer/entry.h"

struct layer_reader;
struct layer_reader *layer_reader_new(struct io_reader source); /* takes source over */
/* Reads an uncompressed tar in a file, for its headers: content that nobody asks for is skipped and not read. There are
 * no digests then, and no _finish. fd: borrowed, a regular file; its offset does not matter. */
struct layer_reader *layer_reader_new_file(int fd);
/* 1 and *out, or 0 at the end. Paths that leave the root ("../", "a/../../b"), absolute hard link targets
 * that do so, NUL, too long names, too many entries or xattrs: ERR_CORRUPT or ERR_LIMIT naming the
 * (escaped) path. A leading "/" or "./" is normal and is stripped. */
int layer_reader_next(struct layer_reader *r, const struct layer_entry **out, struct err *err) MUST_CHECK;
/* The next block of the current file: 1 with *data, *n and *offset (holes are skipped), or 0 at the end. */
int layer_reader_data(struct layer_reader *r, const void **data, size_t *n, uint64_t *offset,
		      struct err *err) MUST_CHECK;
/* After the last entry: drains and gives both digests. */
int layer_reader_finish(struct layer_reader *r, struct layer_digests *out, struct err *err) MUST_CHECK;
void layer_reader_free(struct layer_reader *r);
static inline void layer_reader_freep(struct layer_reader **r)
{
	layer_reader_free(*r);
}
#define CLEANUP_LAYER_READER CLEANUP(layer_reader_freep)
