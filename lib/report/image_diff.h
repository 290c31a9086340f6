/* report/image_diff.h - what two images differ in, path by path, and summed up by directory and by package.
 * Files are compared by content, and every entry by kind, mode, owner and target; times are not. */
#pragma once

#include "base/buf.h"
#include "packages/packages.h"

enum image_change { IMAGE_GONE, IMAGE_ADDED, IMAGE_CHANGED };
#define IMAGE_CHANGES 3

/* Ways in which an entry changed. */
enum image_aspect {
	IMAGE_KIND = 1 << 0,
	IMAGE_CONTENT = 1 << 1, /* bytes of a file, target of a symlink, device */
	IMAGE_MODE = 1 << 2,
	IMAGE_OWNER = 1 << 3,
};

struct image_diff_path {
	char *path;
	uint8_t change;    /* enum image_change */
	uint8_t aspects;   /* of a changed one: enum image_aspect */
	uint64_t bytes[2]; /* in the first and the second image; of regular files */
	char *package;     /* that owns it; NULL = none */
};

struct image_diff_sum {
	char *name; /* a directory; the name of a package */
	uint64_t files[IMAGE_CHANGES];
	uint64_t bytes[IMAGE_CHANGES]; /* of a changed one: as it is in the second image */
};

struct image_diff {
	struct image_diff_path *paths; /* in path order */
	size_t n_paths, cap;
	struct image_diff_sum total;
	struct image_diff_sum *directories, *packages; /* most bytes first */
	size_t n_directories, n_packages;
	uint64_t bytes[2], files[2]; /* of the whole images */
};

/* Packages are those of the first image, of what is added those of the second. */
int image_diff_make(const struct rootfs_index *a, const struct rootfs_index *b, struct image_diff *out,
		    struct err *err) MUST_CHECK;
void image_diff_done(struct image_diff *d);
#define CLEANUP_IMAGE_DIFF CLEANUP(image_diff_done)

/* names: of the images. all: every path, not only the sums. Text is escaped; the JSON is described in slim-diff(1). */
void image_diff_text(const struct image_diff *d, const char *const names[2], bool all, struct buf *out);
void image_diff_json(const struct image_diff *d, const char *const names[2], struct buf *out);
