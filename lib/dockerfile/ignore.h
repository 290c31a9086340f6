/* dockerfile/ignore.h - patterns for a .dockerignore: what a build copied from its context into the image, and nothing
 * needs there. Reference: docs.docker.com/build/concepts/context (.dockerignore files). */
#pragma once

#include "base/buf.h"
#include "dockerfile/context.h"

/* The pattern for exactly this path: characters that mean something in a pattern are escaped, those that no line can
 * hold become "?". */
void dockerfile_ignore_pattern(struct buf *out, const char *path, size_t n);

/* Appends the file. reference: of the image, for its comment. used: by node of the index. Paths of steps that do not
 * tell their sources are comments. */
void dockerfile_ignore(const struct oci_image_config *config, const struct image_index *x, const bool *used,
		       const char *reference, struct buf *out);
