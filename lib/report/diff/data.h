/* report/diff/data.h - two images, and the differences between them (diff.h). */
#pragma once

#include "inspect/history.h"
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "packages/packages.h"

enum report_diff_change { REPORT_DIFF_GONE, REPORT_DIFF_ADDED, REPORT_DIFF_CHANGED };
#define REPORT_DIFF_CHANGES 3
extern const char *const report_diff_change_names[REPORT_DIFF_CHANGES];

/* Ways in which an entry changed. */
enum report_diff_aspect {
	REPORT_DIFF_KIND = 1 << 0,
	REPORT_DIFF_CONTENT = 1 << 1, /* bytes of a file, target of a symlink, device */
	REPORT_DIFF_MODE = 1 << 2,
	REPORT_DIFF_OWNER = 1 << 3,
};
#define REPORT_DIFF_ASPECTS 4
extern const char *const report_diff_aspect_names[REPORT_DIFF_ASPECTS];

/* One of the images. All is borrowed. */
struct report_diff_side {
	const char *name;
	const struct oci_manifest *manifest;
	const struct oci_image_config *config; /* all zero if no layer was read */
	const struct inspect_lists *lists;     /* empty for unread layers */
	const struct inspect_history *history; /* of the lists */
	const struct packages *packages;
	const struct image_index *index; /* by which packages own */
};

struct report_diff_path {
	char *path;
	uint8_t change;    /* enum report_diff_change */
	uint8_t aspects;   /* of a changed one: enum report_diff_aspect */
	uint8_t image;     /* 0 or 1: the one whose layer made the difference */
	bool unsure;       /* an unread layer may have the path */
	uint16_t layer;    /* of that image, bottom = 0 */
	uint64_t bytes[2]; /* in the first and the second image; of regular files */
	char *package;     /* that owns it; NULL = none */
};

struct report_diff_sum {
	char *name;     /* a directory; a package, "" = none; the Dockerfile line of a layer */
	uint8_t image;  /* of a layer, and of a package in it */
	uint16_t layer; /* as above */
	uint64_t files[REPORT_DIFF_CHANGES];
	uint64_t bytes[REPORT_DIFF_CHANGES]; /* of a changed one: as it is in the second image */
	int64_t growth;                      /* bytes that the second image has more */
};

struct report_diff_sums {
	struct report_diff_sum *items; /* most bytes first */
	size_t count;
};

struct report_diff {
	struct report_diff_path *paths; /* each directory before what is below it */
	size_t n_paths, cap;
	struct report_diff_sum total;
	struct report_diff_sums layers, directories, packages;
	struct report_diff_sums parts; /* packages in layers: those of one layer together, in the order of layers */
	struct report_diff_image {
		uint64_t bytes, files; /* of the whole image; a file with several names counts once; 0 if unread */
		uint64_t blobs;        /* bytes of its layers' blobs */
		size_t layers;
	} images[2];
	size_t shared;         /* layers, from the bottom */
	size_t unread;         /* = shared, or 0 */
	uint64_t shared_blobs; /* bytes of the shared layers' blobs */
	size_t unsure;         /* paths */
};

void report_diff_done(struct report_diff *d);
#define CLEANUP_REPORT_DIFF CLEANUP(report_diff_done)
