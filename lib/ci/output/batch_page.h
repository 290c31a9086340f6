/* ci/output/batch_page.h - writes a batch (slim build --file) as a table over all images, and as test cases. */
#pragma once

#include "ci/output/batch.h"

/* Below 60000 bytes, with the marker "<!-- slim-report:batch -->". */
void ci_batch_markdown(const struct ci_batch *b, struct buf *out);
/* Appended to GITHUB_STEP_SUMMARY, which has that many bytes; empty if the page would be too large. */
void ci_batch_github_summary(const struct ci_batch *b, size_t has, struct buf *out);
/* A suite with a case for each image. */
void ci_batch_junit(const struct ci_batch *b, struct buf *out);
