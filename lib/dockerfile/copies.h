/* dockerfile/copies.h - the COPY lines of a Dockerfile, in stages. A COPY has one destination, so there is a line for
 * each directory of which files are taken by name, or by "*.py" if all such files of it are kept. Docker's old builder
 * makes a layer of each line, and takes 125: a stage has fewer lines, and each further stage begins with all of the one
 * before. */
#pragma once

#include "dockerfile/carriers.h"

#define DOCKERFILE_STAGE_LINES 100
/* Of one COPY. BuildKit of docker 20.10 failed with 20 and more ("flightcontrol: exceeded retry timeout", issue 1822 of
 * moby/buildkit). */
#define DOCKERFILE_SOURCES 12

/* Appends the stages, which copy from a stage or an image. Returns the name of the last one; free(). NULL = there is
 * nothing to copy, and no stage. */
char *dockerfile_copies(const struct dockerfile_carriers *c, const char *from, struct buf *out);
