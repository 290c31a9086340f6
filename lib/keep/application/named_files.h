/* keep/application/named_files.h - tells of each package which of its files are of use, and whether it has to do with
 * what the runs used. For named.c. */
#pragma once

#include "keep/set.h"
#include "packages/relations.h"

struct keep_named_use {
	uint64_t bytes;   /* of useful regular files that are not kept yet */
	uint32_t files;   /* useful ones, symlinks too; none: a metapackage, or documentation */
	uint32_t modules; /* of them, those below directories of an interpreter's modules */
	bool used;        /* a run opened or executed one */
	bool in_use;      /* used; or it is a tool that needs, itself, one that is used: g++ goes with gcc */
	bool base;        /* one is of the image's first layer, which the distribution's base is in */
	bool related; /* used; or it is where a run looked, or a library; or a used package needs or wants it; or it is
		       * of the same software as a used package, or made for one */
};

struct keep_named_files {
	struct keep_named_use *packages; /* by number of the package */
	bool *useful;                    /* by node of a file: not documentation, headers and the like */
};

void keep_named_files_find(const struct keep_set *k, const struct packages *packages,
			   const struct packages_relations *relations, const struct evidence *e,
			   struct keep_named_files *out);
void keep_named_files_done(struct keep_named_files *f);
