/* ci/output/tekton.h - results of a Tekton task, each in a file. All results of a task's pod share 4096 bytes. */
#pragma once

#include "ci/output/build.h"

#define CI_TEKTON_MAX 3072 /* bytes of all values; the rest is for names and for other steps */

/* The name of the result's file: IMAGE_URL and IMAGE_DIGEST, as Tekton Chains expects them, SIZE, ... */
const char *ci_tekton_name(enum ci_figure which);
/* A value, without a line break. free(). */
char *ci_tekton_value(const struct ci_build *b, enum ci_figure which);
/* Empties the longest values until all n together have at most CI_TEKTON_MAX bytes. */
void ci_tekton_fit(char **values, size_t n);
/* The value of each figure, fitted. Each is the caller's. */
void ci_tekton_values(const struct ci_build *b, char *values[CI_FIGURES]);
