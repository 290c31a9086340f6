/* report/why_annotation.h - stores the reasons of the kept paths in an annotation of the slim image's manifest, so that
 * the image itself can tell why a path is in it. The value is the member "kept" of a report without what varies from
 * run to run, as JSON, compressed (zstd), in base64. Manifests of Docker's format have no annotations, and a value that
 * is too long is left out. */
#pragma once

#include "report/reasons.h"
#include "report/why_lists.h"

#define REPORT_WHY_ANNOTATION "dev.slim.why.v1"
#define REPORT_WHY_ANNOTATION_MAX (512u << 10) /* characters; a manifest may have 4 MiB in all */

/* The value, free(); NULL when it would be too long. */
char *report_why_annotation_make(const struct keep_set *k, const struct packages *p);
/* The value, which comes from outside, as what report_why_answer takes. */
int report_why_annotation_read(const char *value, struct report_why_lists *out, struct err *err) MUST_CHECK;
