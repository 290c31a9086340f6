/* image/index.h - an index of the image's merged file system: every path, its metadata, and the layer that holds its
 * content. Immutable after _build, then readable by several threads. The functions here read the layers; index_nodes.h
 * has the nodes, index_build.h makes an index, index_resolve.h follows paths. */
#pragma once

#include "image/index_build.h"
#include "image/index_nodes.h"
#include "image/index_resolve.h"
#include "layer/entry.h"

/* The content of a regular file, read-only, from its layer. */
int image_index_open(const struct image_index *x, uint32_t id, struct err *err) MUST_CHECK;
/* Append the content of the regular file that path leads to. False if there is no regular file, if it has more than
 * max bytes, or if it can't be read: callers take such a file as absent. */
bool image_index_text(const struct image_index *x, const char *path, size_t max, struct buf *out);
/* The node as a layer entry (path without the leading slash, xattrs read from the layer; overlayfs' own
 * trusted.overlay.* left out); layer_entry_done it. */
int image_index_entry(const struct image_index *x, uint32_t id, struct layer_entry *out, struct err *err) MUST_CHECK;
