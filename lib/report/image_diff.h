/* report/image_diff.h - compares two images path by path, with sums for each directory and each package.
 * Files are compared by content, and every entry by kind, mode, owner and target; times are not. */
#pragma once

#include "base/buf.h"
#include "packages/packages.h"

enum report_image_change { REPORT_IMAGE_GONE, REPORT_IMAGE_ADDED, REPORT_IMAGE_CHANGED };
#define REPORT_IMAGE_CHANGES 3

/* Ways in which an entry changed. */
enum report_image_aspect {
	REPORT_IMAGE_KIND = 1 << 0,
	REPORT_IMAGE_CONTENT = 1 << 1, /* bytes of a file, target of a symlink, device */
	REPORT_IMAGE_MODE = 1 << 2,
	REPORT_IMAGE_OWNER = 1 << 3,
};

struct report_image_diff_path {
	char *path;
	uint8_t change;    /* enum report_image_change */
	uint8_t aspects;   /* of a changed one: enum report_image_aspect */
	uint64_t bytes[2]; /* in the first and the second image; of regular files */
	char *package;     /* that owns it; NULL = none */
};

struct report_image_diff_sum {
	char *name; /* a directory; the name of a package */
	uint64_t files[REPORT_IMAGE_CHANGES];
	uint64_t bytes[REPORT_IMAGE_CHANGES]; /* of a changed one: as it is in the second image */
};

struct report_image_diff {
	struct report_image_diff_path *paths; /* in path order */
	size_t n_paths, cap;
	struct report_image_diff_sum total;
	struct report_image_diff_sum *directories, *packages; /* most bytes first */
	size_t n_directories, n_packages;
	uint64_t bytes[2], files[2]; /* of the whole images */
};

/* The packages are those of the first image; for added paths, those of the second. */
int report_image_diff_make(const struct image_index *a, const struct image_index *b, struct report_image_diff *out,
			   struct err *err) MUST_CHECK;
void report_image_diff_done(struct report_image_diff *d);
#define CLEANUP_IMAGE_DIFF CLEANUP(report_image_diff_done)

/* names: of the images. all: every path, not only the sums. Text is escaped; the JSON is described in slim-diff(1). */
void report_image_diff_text(const struct report_image_diff *d, const char *const names[2], bool all, struct buf *out);
void report_image_diff_json(const struct report_image_diff *d, const char *const names[2], struct buf *out);
