/* image/index_listing.h - builds the index of an image (index.h) from a list of its paths, without the files on disk.
 */
#pragma once

#include "base/err.h"
#include "image/index_nodes.h"

struct image_listing_entry {
	const char *path;   /* absolute */
	const char *target; /* of a symlink, else NULL */
	uint64_t size;      /* of a regular file, bytes */
	uint64_t ino;       /* the same for all names of one file */
	int64_t mtime;      /* seconds */
	uint32_t nlink;
	uint32_t uid, gid;
	uint16_t mode; /* as st_mode */
	uint16_t layer;
};

/* Opens the content of a file that the listing has: an fd at offset 0, or a negative error code. */
typedef int image_listing_open(void *ctx, uint16_t layer, const char *path, struct err *err);

/* entries: each path once, without the root. All that is below a directory follows it, and siblings are sorted by
 * strcmp. root describes the root; its path is not used. Directories that are missing on the way are
 * added with mode 0755. Leaves out entries below something that is not a directory. Copies all texts. open may be NULL:
 * then no content can be read. Xattrs are never known. */
int image_index_listing(const struct image_listing_entry *root, const struct image_listing_entry *entries, size_t count,
			image_listing_open *open, void *ctx, struct image_index **out, struct err *err) MUST_CHECK;
