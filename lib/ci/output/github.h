/* ci/output/github.h - writes for GitHub Actions: annotations in the log, outputs of the step, its summary. */
#pragma once

#include "ci/output/build.h"

#define CI_GITHUB_ANNOTATIONS 10                /* of one step are shown */
#define CI_GITHUB_SUMMARY_MAX ((size_t)1 << 20) /* bytes of one step; GitHub drops a larger summary */

/* Lines of workflow commands: ::error, ::warning and ::notice, at most CI_GITHUB_ANNOTATIONS. */
void ci_github_annotations(const struct ci_build *b, struct buf *out);
/* One output for GITHUB_OUTPUT: a text without line breaks, between delimiters that are not part of it. */
void ci_github_output(const char *name, const char *line, struct buf *out);
/* The same with a figure, escaped. */
void ci_github_figure(const char *name, const struct ci_build *b, enum ci_figure which, struct buf *out);
/* Appended to GITHUB_OUTPUT: the figures of ci/output/build.h. */
void ci_github_outputs(const struct ci_build *b, struct buf *out);
/* Appended to GITHUB_STEP_SUMMARY, which has that many bytes: empty if the page would be too large. */
void ci_github_summary(const struct ci_build *b, size_t has, struct buf *out);
