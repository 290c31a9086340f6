/* dockerfile/ignore.h - patterns for a .dockerignore: files that a build copied from its context into the image,
 * although nothing there needs them. Patterns of files that the verified result lacks are in force. Patterns of other
 * unused files are comments, because nothing proves that the image works without them.
 * Reference: docs.docker.com/build/concepts/context (.dockerignore files). */
#pragma once

#include "base/buf.h"
#include "dockerfile/context.h"

/* Appends the pattern for exactly this path. Characters that mean something in a pattern are escaped, those that no
 * line can hold become "?". */
void dockerfile_ignore_pattern(struct buf *out, const char *path, size_t n);

/* Appends the file. reference: of the image, for a comment. needs: by node, enum dockerfile_need. For steps whose
 * sources are not known, comments list paths of the image. */
void dockerfile_ignore(const struct oci_image_config *config, const struct image_index *x, const uint8_t *needs,
		       const char *reference, struct buf *out);
