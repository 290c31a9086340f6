/* inspect/history.h - what each layer of an image adds, changes and removes, path by path.
 * Shape: every path that any layer has, in path order; for each its versions, bottom layer first. A version is an entry
 * of a layer, or the removal of the path by a whiteout, an opaque directory or a file in place of a directory.
 * A directory that a layer lists again with the same attributes is not a version. Immutable once it is made. */
#pragma once

#include "inspect/read.h"

enum inspect_change { INSPECT_ADDED, INSPECT_CHANGED, INSPECT_REMOVED };
#define INSPECT_CHANGES 3
extern const char *const inspect_change_names[INSPECT_CHANGES]; /* "added", ... */

struct inspect_version {
	const struct inspect_entry *entry; /* NULL if the layer removes the path */
	uint16_t layer;                    /* bottom = 0 */
	uint8_t change;                    /* enum inspect_change */
	bool same_content;                 /* of a changed file: only its attributes differ */
};

struct inspect_path {
	const char *path; /* absolute */
	uint32_t first;   /* of its versions */
	uint32_t n;       /* at least 1 */
	uint32_t end;     /* index of the first path behind it that is not below it */
};

struct inspect_sum {
	uint64_t paths; /* of any kind but directories */
	uint64_t bytes; /* added, changed: of the layer's files; removed: of those that the image had before */
};

struct inspect_history {
	struct inspect_path *paths;
	size_t n_paths;
	struct inspect_version *versions; /* by path */
	size_t n_versions;
	struct inspect_sum (*layers)[INSPECT_CHANGES];
	size_t n_layers;
	/* Bytes. */
	uint64_t total;    /* of all files in all layers */
	uint64_t final;    /* of the files that the image shows */
	uint64_t minimum;  /* for each path the smallest size that it has in any layer; 0 if a layer removes it */
	uint64_t repeated; /* of all versions of the paths that have several; dive calls them wasted */
};

/* The lists must outlive the history. ERR_LIMIT if the image has too many entries. */
int inspect_history_make(const struct inspect_lists *lists, struct inspect_history *out, struct err *err) MUST_CHECK;
void inspect_history_done(struct inspect_history *h);
#define CLEANUP_INSPECT_HISTORY CLEANUP(inspect_history_done)

/* The entry of the path that the image shows, NULL if the image does not have it. */
const struct inspect_version *inspect_history_final(const struct inspect_history *h, size_t path);
/* Finds a path; SIZE_MAX if no layer has it. */
size_t inspect_history_find(const struct inspect_history *h, const char *path);
/* minimum / total, as dive defines the efficiency of an image: 1 = no byte is wasted. */
double inspect_history_efficiency(const struct inspect_history *h);
