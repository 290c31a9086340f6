/* dockerfile/steps.h - the COPY and ADD steps of an image, read from its history (image-spec 1.1 config.md).
 * BuildKit and kaniko write the instruction with its sources: "COPY src ./ # buildkit". Docker's old builder and
 * buildah write a digest in their place: "/bin/sh -c #(nop) COPY dir:1f2e in /app". Neither says from which stage
 * --from copied; an absolute source is taken for one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strlist.h"
#include "oci/image_config.h"

struct dockerfile_step {
	char *text;             /* as a Dockerfile has it */
	size_t layer;           /* that it made, bottom = 0 */
	char *dest;             /* absolute; ends with a slash if it was written so */
	struct strlist sources; /* relative to the build context; none = the history does not tell */
	bool run_follows;       /* a RUN step comes later, which may read what was copied */
};

struct dockerfile_steps {
	struct dockerfile_step *items;
	size_t count, cap;
};

/* Leaves out steps that copied no files of the context: from a stage, an archive that was unpacked, a URL. */
void dockerfile_steps_read(const struct oci_image_config *config, struct dockerfile_steps *out);
void dockerfile_steps_done(struct dockerfile_steps *s);
#define CLEANUP_DOCKERFILE_STEPS CLEANUP(dockerfile_steps_done)
