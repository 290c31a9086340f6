/* inspect/read.h - reads the entries of all layers of an image, from wherever the image lies: blobs, an engine's
 * export, or directories. Nothing is unpacked, and no store is needed. */
#pragma once

#include "base/progress.h"
#include "inspect/list.h"
#include "unpack/blob_source.h"

struct inspect_lists {
	struct inspect_list *items; /* bottom first */
	size_t count;
};

/* Which layers are read, and the places by which the watch knows them. */
struct inspect_part {
	size_t skip;  /* so many from the bottom are not read, and get an empty list; of a stream all are read */
	size_t place; /* of the layer at the bottom; the others follow */
};

/* Checks every blob against its digest and every tar against its diff ID. Several layers are read at a time. If the
 * source is a stream, its manifest's layers get the digest and size of their tars. Errors name the layer. part NULL =
 * all layers, from place 0. */
int inspect_read(const struct unpack_blob_source *source, const struct inspect_part *part,
		 const struct inspect_watch *watch, const struct progress *progress, struct inspect_lists *out,
		 struct err *err) MUST_CHECK;
void inspect_lists_done(struct inspect_lists *l);
#define CLEANUP_INSPECT_LISTS CLEANUP(inspect_lists_done)
