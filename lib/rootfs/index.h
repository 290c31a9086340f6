/* rootfs/index.h - the image's file system as it is without any run: every path, its metadata, the
 * layer that its content lies in. Built from the unpacked layers by the rules of overlayfs (whiteouts,
 * opaque directories, upper over lower). Immutable after _build, then readable by several threads.
 * Node ids are dense, 0 is the root; parents have smaller ids than their children; siblings are
 * sorted by name, so that depth first order is path order. */
#pragma once

#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "image/layers.h"
#include "layer/entry.h"

#define ROOTFS_NONE UINT32_MAX

struct rootfs_node {
	const char *name; /* one component; "" for the root */
	uint32_t parent;
	uint32_t first_child, n_children; /* children are consecutive ids */
	uint32_t layer;                   /* number of the layer that the node comes from, bottom = 0 */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	uint64_t size;
	struct timespec mtime;
	dev_t rdev;
	uint64_t ino;       /* with layer: the identity of a file with several names */
	uint32_t nlink;     /* names that this file has in its layer */
	const char *target; /* of a symlink, else NULL */
};

/* layers is not kept, but its fds are used and must stay open as long as the index lives. */
struct rootfs_index;
int rootfs_index_build(const struct rootfs_layers *layers, struct rootfs_index **out, struct err *err) MUST_CHECK;
void rootfs_index_free(struct rootfs_index *x);
static inline void rootfs_index_freep(struct rootfs_index **x)
{
	rootfs_index_free(*x);
}
#define CLEANUP_ROOTFS_INDEX CLEANUP(rootfs_index_freep)

uint32_t rootfs_index_count(const struct rootfs_index *x);
const struct rootfs_node *rootfs_index_node(const struct rootfs_index *x, uint32_t id);
uint32_t rootfs_index_child(const struct rootfs_index *x, uint32_t dir, const char *name, size_t len); /* or NONE */
/* Append the absolute path of a node ("/" for the root). */
void rootfs_index_path(const struct rootfs_index *x, uint32_t id, struct buf *out);

/* Path resolution as the kernel does it, from the root: symlinks (LIMIT_SYMLINKS), "..", trailing
 * slashes. Calls visit (may be NULL) for every node on the way, in order: each directory entered, each
 * symlink crossed, and the last node; symlink says that the node is a symlink that is followed.
 * Returns the node, or ROOTFS_NONE when nothing is there (what was visited until then was). */
typedef void rootfs_visit(void *ctx, uint32_t id, bool symlink);
uint32_t rootfs_index_resolve(const struct rootfs_index *x, const char *path, bool follow_last, rootfs_visit *visit,
			      void *ctx);

/* The content of a regular file, read-only, from its layer. */
int rootfs_index_open(const struct rootfs_index *x, uint32_t id, struct err *err) MUST_CHECK;
/* Append the content of the regular file that path leads to. False when there is none, it is larger than max bytes or
 * it can't be read: whoever asks takes such a file as absent. */
bool rootfs_index_text(const struct rootfs_index *x, const char *path, size_t max, struct buf *out);
/* The node as a layer entry (path without the leading slash, xattrs read from the layer; overlayfs' own
 * trusted.overlay.* left out); layer_entry_done it. */
int rootfs_index_entry(const struct rootfs_index *x, uint32_t id, struct layer_entry *out, struct err *err) MUST_CHECK;
