/* dockerfile/steps.h - the COPY and ADD steps of an image, read from its history (image-spec 1.1 config.md).
 * BuildKit and kaniko write the instruction with its sources: "COPY src ./ # buildkit". Docker's classic builder
 * and buildah write a digest in their place: "/bin/sh -c #(nop) COPY dir:1f2e in /app". No builder writes which stage
 * --from copied from, so an absolute source is taken for a path in a stage. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strlist.h"
#include "oci/image_config.h"

struct dockerfile_step {
	char *text;             /* the instruction, as in a Dockerfile */
	size_t layer;           /* the layer that it made, bottom = 0 */
	char *dest;             /* absolute; keeps a slash at its end */
	struct strlist sources; /* relative to the build context; empty = not known */
	bool run_follows;       /* a RUN step follows, which may read the copied files */
};

struct dockerfile_steps {
	struct dockerfile_step *items;
	size_t count, cap;
};

/* Leaves out steps that copied from a stage or a URL, or unpacked an archive. */
void dockerfile_steps_read(const struct oci_image_config *config, struct dockerfile_steps *out);
void dockerfile_steps_done(struct dockerfile_steps *s);
#define CLEANUP_DOCKERFILE_STEPS CLEANUP(dockerfile_steps_done)
