/* dockerfile/dockerfile.h - the slim image as a Dockerfile: from the original, what is kept is copied into a new stage.
 * Shape: comments; FROM the original AS fat; stages of COPY lines (copies.h); FROM scratch, all of them, an archive
 * that is added (archive.h) if copies do not do; the configuration (config.h); comments on what no builder can carry.
 * Nothing in it depends on the clock or the machine: equal builds give equal files. All that comes from the image is
 * quoted or escaped. */
#pragma once

#include "dockerfile/carriers.h"
#include "oci/image_config.h"

struct dockerfile_source {
	const struct keep_set *keep;
	const struct packages_edits *edits;
	const struct oci_image_config *config; /* of the result */
	const struct strlist *header;          /* a line of comment each, of any bytes */
	const char *from; /* the original, as a builder pulls it; NULL = the builder's user names it: ARG ORIGINAL */
	bool unchanged;   /* the result has the original's layers */
};

/* The path of the archive that belongs to the Dockerfile: "FILE.tar"; free(). */
char *dockerfile_archive_path(const char *file);
/* Writes the Dockerfile to file, and the archive beside it if one is needed; the archive comes first. refused: receives
 * a sentence, of any bytes, for each thing that is not in the result of a builder; the file's comments say the same. */
int dockerfile_write(const struct dockerfile_source *s, const char *file, struct strlist *refused,
		     struct err *err) MUST_CHECK;
