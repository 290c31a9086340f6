/* dockerfile/carriers.h - decides what carries each entry of the slim image from the original into a new stage: a COPY
 * of a directory, a COPY of files, or an archive that is added.
 * What docker's two builders and buildah do alike, as tried: COPY --from keeps owners, modes and times of files. COPY
 * of a directory keeps all that is in it (links, owners of directories, capabilities), but makes the directory itself
 *   anew, 0755 of root. COPY of a file follows a symlink, loses hard links, and in docker's old builder capabilities.
 *   ADD of an archive keeps everything but, in docker's builders, extended attributes other than capabilities.
 * So a directory that is kept whole is copied; files of other directories are copied by name; the rest (symlinks,
 *   directories with an owner, mode or no file, files with hard links elsewhere, devices, fifos, edited package
 * databases, names that COPY can't say) is for the archive. If there is one, it has all directories, so that they keep
 * their times. */
#pragma once

#include "rewrite/layer_plan.h"

enum dockerfile_carrier {
	DOCKERFILE_NOTHING, /* not kept, a directory that the copies make, or for the archive */
	DOCKERFILE_TREE,    /* COPY of the directory: this is it, or lies in it */
	DOCKERFILE_FILE,    /* COPY of the file */
};

struct dockerfile_carriers {
	const struct keep_set *keep;        /* borrowed */
	const struct packages_edits *edits; /* borrowed */
	struct rewrite_plan plan;           /* the entries */
	uint8_t *copies;                    /* by node: enum dockerfile_carrier */
	uint32_t *tree;                     /* by node: the directory of DOCKERFILE_TREE; IMAGE_NONE = none */
	bool *archived;                     /* by node: in the archive, besides what is copied */
	bool has_archive;
	/* What is kept but for docker's builders. */
	uint32_t attributes;      /* entries with extended attributes other than capabilities */
	uint32_t attributes_node; /* the first of them */
};

/* Reads the extended attributes of all kept entries. edits: as in struct rewrite_options. On failure, too, *out goes to
 * dockerfile_carriers_done. */
int dockerfile_carriers_make(const struct keep_set *k, const struct packages_edits *edits,
			     struct dockerfile_carriers *out, struct err *err) MUST_CHECK;
void dockerfile_carriers_done(struct dockerfile_carriers *c);
#define CLEANUP_DOCKERFILE_CARRIERS CLEANUP(dockerfile_carriers_done)
