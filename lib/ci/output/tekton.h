/* ci/output/tekton.h - results of a Tekton task: a file each. All results of a task's pod share 4096 bytes. */
#pragma once

#include "ci/output/build.h"

#define CI_TEKTON_MAX 3072 /* bytes of all values; the rest is for their names, and other steps' results */

/* The name of the result's file: IMAGE_URL and IMAGE_DIGEST, by which Tekton Chains knows an image, SIZE, ... */
const char *ci_tekton_name(enum ci_figure which);
/* The value of each, without a line break. What does not fit is left empty, the longest first. Owned by the caller. */
void ci_tekton_values(const struct ci_build *b, char *values[CI_FIGURES]);
