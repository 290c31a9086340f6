/* dockerfile/copies.h - the COPY instructions of a Dockerfile, in stages. A COPY has one destination, so each directory
 * has its own COPY. It lists the kept files by name, or has "*.py" if all such files of the directory are kept.
 * Docker's classic builder makes a layer of each instruction, and an image has at most 125 layers. So a stage has fewer
 * COPY instructions, and each further stage begins with a copy of the stage before it. */
#pragma once

#include "dockerfile/carriers.h"

#define DOCKERFILE_STAGE_COPIES 100
/* Sources of one COPY. BuildKit of docker 20.10 failed with 20 and more ("flightcontrol: exceeded retry timeout", issue
 * 1822 of moby/buildkit). */
#define DOCKERFILE_SOURCES 12

/* Appends the stages, which copy from another stage or an image. c: not made by list. Returns the name of the last
 * stage; free(). NULL = nothing is copied, and no stage was appended. */
char *dockerfile_copies(const struct dockerfile_carriers *c, const char *from, struct buf *out);
