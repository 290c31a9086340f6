/* ci/output/findings_json.h - the findings of a build as JSON documents: for GitLab's artifacts:reports:codequality,
 * and SARIF 2.1.0 (OASIS), which GitHub's code scanning and editors read. */
#pragma once

#include "ci/output/build.h"

/* Both need a file for each finding: that of the image which it is about, or this one. */
#define CI_FINDINGS_FILE "Dockerfile"

/* An array. */
void ci_code_quality(const struct ci_build *b, struct buf *out);
void ci_sarif(const struct ci_build *b, struct buf *out);
