/* inspect/figures.h - the entries that take the most room in an image: lists of rows, the largest first; rows of the
 * same size are in path order. */
#pragma once

#include "inspect/history.h"
#include "packages/packages.h"

struct inspect_row {
	char *name;     /* a path, or a package's name */
	uint64_t bytes; /* see each list */
	size_t count;   /* see each list */
	uint32_t layer; /* of a file: number of the layer that it comes from, bottom = 0 */
};

struct inspect_rows {
	struct inspect_row *items;
	size_t count;
};
struct inspect_figures {
	/* The largest files that the image shows. */
	struct inspect_rows files;
	/* The largest directories, with all that is below them; count: entries but directories. A directory is left out
	 * if four fifths of it are in one of its own directories, which then stands for it. So is the root. */
	struct inspect_rows directories;
	/* Paths whose bytes later layers replace or remove. bytes: those that the image does not show; count: layers
	 * that have the path. */
	struct inspect_rows wasted;
	/* Files with the same content under different paths; hard links aside. name: the first path; bytes: of all
	 * copies but one; count: copies. Judged by size and checksum; empty files are left out. */
	struct inspect_rows duplicates;
	/* Packages by the bytes of their files. name: "NAME VERSION"; count: files. */
	struct inspect_rows packages;
};

/* x: the image's final file system, p: its packages. max: rows of each list. */
void inspect_figures_make(const struct inspect_history *h, const struct packages *p, const struct image_index *x,
			  size_t max, struct inspect_figures *out);
void inspect_figures_done(struct inspect_figures *f);
#define CLEANUP_INSPECT_FIGURES CLEANUP(inspect_figures_done)
