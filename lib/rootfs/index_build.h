/* rootfs/index_build.h - makes the index of an image (index.h) from its layers. */
#pragma once

#include "base/err.h"
#include "image/index_nodes.h"
#include "image/layers.h"

/* By the rules of overlayfs: whiteouts, opaque directories, upper over lower. layers is not kept, but its fds are used
 * and must stay open as long as the index lives. */
int rootfs_index_build(const struct rootfs_layers *layers, struct rootfs_index **out, struct err *err) MUST_CHECK;
void rootfs_index_free(struct rootfs_index *x);
static inline void rootfs_index_freep(struct rootfs_index **x)
{
	rootfs_index_free(*x);
}
#define CLEANUP_ROOTFS_INDEX CLEANUP(rootfs_index_freep)
