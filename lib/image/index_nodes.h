/* image/index_nodes.h - the nodes of an index (index.h): every path of the image with its metadata.
 * Node ids are dense, 0 is the root; parents have smaller ids than their children; siblings are
 * sorted by name, so that depth first order is path order. */
#pragma once

#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"

#define IMAGE_NONE UINT32_MAX

/* One for each path: the members are in an order that leaves no holes. */
struct image_node {
	const char *name;   /* one component; "" for the root */
	const char *target; /* of a symlink, else NULL */
	uint64_t size;
	uint64_t ino; /* with layer: the identity of a file with several names (file.h) */
	int64_t mtime_s;
	dev_t rdev;
	uint32_t mtime_ns; /* behind mtime_s */
	uint32_t parent;
	uint32_t first_child, n_children; /* children are consecutive ids */
	uint32_t nlink;                   /* names that this file has in its layer */
	uid_t uid;
	gid_t gid;
	uint16_t mode;
	uint16_t layer; /* number of the layer that the node comes from, bottom = 0 */
};

struct image_index;
uint32_t image_index_count(const struct image_index *x);
const struct image_node *image_index_node(const struct image_index *x, uint32_t id);
uint32_t image_index_child(const struct image_index *x, uint32_t dir, const char *name, size_t len); /* or NONE */
/* Append the absolute path of a node ("/" for the root). */
void image_index_path(const struct image_index *x, uint32_t id, struct buf *out);
/* Append the node's path relative to the root ("" for the root). */
void image_index_relative(const struct image_index *x, uint32_t id, struct buf *out);
