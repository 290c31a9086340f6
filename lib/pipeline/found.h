/* pipeline/found.h - which of a trace's paths the image has. */
#pragma once

#include "rootfs/index.h"
#include "trace/trace.h"

/* An image, to be asked for paths. Borrows the index. */
#define FOUND_MOUNTED 3
struct found_view {
	const struct rootfs_index *index;
	uint32_t mounted[FOUND_MOUNTED]; /* nodes that /proc, /sys, /dev are, ROOTFS_NONE where the image has none */
};
void found_view_init(struct found_view *v, const struct rootfs_index *index);
/* Whether the path leads to something of the image: enum trace_found. Unknown for what leads into /proc, /sys and
 * /dev: that is the runtime's, not the image's. *node: what it leads to, or ROOTFS_NONE; may be NULL. */
uint8_t found_look(const struct found_view *v, const char *path, bool follow, uint32_t *node);

/* Set found of every path: whether it leads to something of the image, followed as the run did (either way counts
 * where it did both). */
void found_fill(const struct rootfs_index *index, struct trace *t);
