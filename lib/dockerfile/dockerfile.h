/* dockerfile/dockerfile.h - the slim image as a Dockerfile that makes it from the original.
 * Shape:
 * - comments, and FROM the original AS fat;
 * - COPY of the kept files (copies.h), or if that took many lines, a list of paths for the original's own tar (list.h);
 * - FROM scratch, with a COPY of the stage that has the kept files;
 * - ADD of an archive (archive.h) with entries that cannot be copied;
 * - the configuration (config.h), and comments on what no builder can carry.
 * Nothing in it depends on the clock or the machine, so equal builds give equal files. Text of the image is quoted or
 * escaped. */
#pragma once

#include "dockerfile/carriers.h"
#include "oci/image_config.h"

struct dockerfile_source {
	const struct keep_set *keep;
	const struct packages_edits *edits;
	const struct oci_image_config *config; /* of the result */
	const struct strlist *header;          /* each a line of comment, of any bytes */
	const char *from; /* the original's name for a builder; NULL = the user gives it: ARG ORIGINAL */
	bool unchanged;   /* the result has the original's layers */
};

/* The path of the archive that belongs to the Dockerfile: "FILE.tar"; free(). */
char *dockerfile_archive_path(const char *file);
/* Writes the Dockerfile to file. Before that, writes the archive and the list beside it if they are needed. refused:
 * receives a sentence, of any bytes, for each thing that a builder's result lacks. The file's comments have the same
 * sentences. */
int dockerfile_write(const struct dockerfile_source *s, const char *file, struct strlist *refused,
		     struct err *err) MUST_CHECK;
