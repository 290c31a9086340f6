/* oci/history.h - reads created_by of an image's history (image-spec 1.1 config.md) as a line of a Dockerfile.
 * Docker's classic builder and buildah write "/bin/sh -c #(nop) COPY dir:1f2e in /app" and "/bin/sh -c apt-get update",
 * BuildKit "COPY src ./ # buildkit" and "RUN |1 VERSION=2 /bin/sh -c apt-get update # buildkit". */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

/* The instruction that a step names, without the builder's marks. *runs: receives whether it is a RUN. free(). */
char *oci_history_instruction(const char *step, bool *runs);
/* The same on one line as an author writes it: "RUN apt-get update", with each run of white space as one blank.
 * Appends nothing if the step is empty. Bytes are those of the image: escape them before they are shown. */
void oci_history_line(const char *step, struct buf *out);
