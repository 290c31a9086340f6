/* dockerfile/carriers.h - decides how each kept entry gets from the original into a new stage. There are three ways: a
 * COPY of a directory or of files, the original's own tar with a list of paths (list.h), or an archive that is added.
 * Docker's two builders and buildah were tried. They do the following alike:
 * - COPY --from keeps owners, modes and times of files.
 * - COPY of a directory keeps all entries in it (links, owners of directories, capabilities). It makes the directory
 *   itself anew, 0755 of root.
 * - COPY of a file follows a symlink and loses hard links. Docker's classic builder loses capabilities, too.
 * - ADD of an archive keeps everything. Docker's builders drop extended attributes other than capabilities.
 * So a directory that is kept whole is copied as a whole, and files of other directories are copied by name. The
 * archive takes the rest:
 * - symlinks, devices, fifos, files with hard links elsewhere;
 * - directories with an owner, a special mode or no file;
 * - edited package databases, and names that COPY cannot hold.
 * A list also brings symlinks and hard links. It brings no extended attributes, and nothing from places where a builder
 * mounts its own files.
 * If there is an archive, it has all directories that the copies make anew, so that they keep their times. */
#pragma once

#include "rewrite/layer_plan.h"

enum dockerfile_carrier {
	DOCKERFILE_NOTHING, /* not kept, made by copies below it, or only archived */
	DOCKERFILE_TREE,    /* copied with a directory that it is or lies in */
	DOCKERFILE_FILE,    /* copied by name: a file, or with a list also a symlink */
};

struct dockerfile_carriers {
	const struct keep_set *keep;        /* borrowed */
	const struct packages_edits *edits; /* borrowed */
	bool by_list;                       /* a list takes the place of COPY */
	struct rewrite_plan plan;           /* the entries */
	uint8_t *copies;                    /* by node: enum dockerfile_carrier */
	uint32_t *tree;                     /* by node: the directory of DOCKERFILE_TREE, else IMAGE_NONE */
	bool *archived;                     /* by node: in the archive; may be copied, too */
	bool has_archive;
	/* Attributes that docker's builders lose. */
	uint32_t attributes;      /* entries with extended attributes other than capabilities */
	uint32_t attributes_node; /* the first of them */
};

/* Reads the extended attributes of all kept entries. edits: as in struct rewrite_options. The caller passes *out to
 * dockerfile_carriers_done, even after a failure. */
int dockerfile_carriers_make(const struct keep_set *k, const struct packages_edits *edits, bool by_list,
			     struct dockerfile_carriers *out, struct err *err) MUST_CHECK;
void dockerfile_carriers_done(struct dockerfile_carriers *c);
#define CLEANUP_DOCKERFILE_CARRIERS CLEANUP(dockerfile_carriers_done)
