/* dockerfile/dockerfile.h - the slim image as a Dockerfile that makes it from the original.
 * Shape: comments; FROM the original AS fat; the kept files, by COPY (copies.h) or, if those were many lines, by the
 * original's own tar and a list of paths (list.h); FROM scratch and what came together; an archive that is added
 * (archive.h) for what cannot be copied; the configuration (config.h); comments on what no builder can carry.
 * Nothing in it depends on the clock or the machine, so equal builds give equal files. Text of the image is quoted or
 * escaped. */
#pragma once

#include "dockerfile/carriers.h"
#include "oci/image_config.h"

struct dockerfile_source {
	const struct keep_set *keep;
	const struct packages_edits *edits;
	const struct oci_image_config *config; /* of the result */
	const struct strlist *header;          /* a line of comment each, of any bytes */
	const char
	    *from;      /* the original, as a builder pulls it; NULL = the user names it to the builder: ARG ORIGINAL */
	bool unchanged; /* the result has the original's layers */
};

/* The path of the archive that belongs to the Dockerfile: "FILE.tar"; free(). */
char *dockerfile_archive_path(const char *file);
/* Writes the Dockerfile to file, after the archive and the list beside it, if they are needed. refused: receives a
 * sentence, of any bytes, for each thing that a builder's result lacks; the file's comments have them, too. */
int dockerfile_write(const struct dockerfile_source *s, const char *file, struct strlist *refused,
		     struct err *err) MUST_CHECK;
