/* image/reader.h - reads many files of an index, one after the other. It keeps the directory of the last one open, so
 * that a file costs the lookup of its own name, and not that of its whole path.
 * Shape: files come grouped by directory (path order); any other order is as right, and slower.
 * Lifetime: IMAGE_READER, any number of calls, _done. It holds one descriptor. Not thread-safe: one for each thread. */
#pragma once

#include "image/index_nodes.h"
#include "layer/entry.h"

struct image_reader {
	const struct image_index *index; /* borrowed */
	/* Private. */
	int fd;         /* of the directory, O_PATH; -1 = none is open */
	uint32_t dir;   /* its node */
	uint16_t layer; /* it is open in */
};

#define IMAGE_READER(x) ((struct image_reader){.index = (x), .fd = -1})

/* As image_index_open. */
int image_reader_open(struct image_reader *r, uint32_t id, struct err *err) MUST_CHECK;
/* As image_index_entry. content: the descriptor of an open regular file, which spares a lookup; -1 = not open. */
int image_reader_entry(struct image_reader *r, uint32_t id, int content, struct layer_entry *out,
		       struct err *err) MUST_CHECK;
void image_reader_done(struct image_reader *r);
#define CLEANUP_IMAGE_READER CLEANUP(image_reader_done)
