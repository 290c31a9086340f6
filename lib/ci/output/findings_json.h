/* ci/output/findings_json.h - writes the findings of a build as JSON: GitLab's artifacts:reports:codequality, and SARIF
 * 2.1.0 (OASIS) for GitHub's code scanning and for editors. */
#pragma once

#include "ci/output/build.h"
#include "ci/output/findings.h"

/* Both formats require a file for each finding: a file of the image, or else this one. */
#define CI_FINDINGS_FILE "Dockerfile"

/* An array. */
void ci_code_quality(const struct ci_build *b, struct buf *out);
void ci_sarif(const struct ci_build *b, struct buf *out);
/* The same of other findings: image is its reference or NULL, version slim's; done: what looked for them ended well. */
void ci_findings_sarif(const struct ci_findings *f, const char *image, const char *version, bool done, struct buf *out);
