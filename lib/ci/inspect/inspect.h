/* ci/inspect/inspect.h - the findings of slim inspect for CI systems: as SARIF, and as a limit. */
#pragma once

#include "findings/finding.h"
#include "report/checks/gates.h"

#define CI_INSPECT_FAIL_FORMS "high|danger|any"

/* image: its reference; version: slim's. A danger is an error if its severity is high, or else a warning; what makes
 * the image large is a note. At most 1000 findings. */
void ci_inspect_sarif(const struct findings *f, const char *image, const char *version, struct buf *out);

/* Checks the text of the limit: "high", "danger" or "any". ERR_INVAL names the option. */
int ci_inspect_limit_check(const char *limit, struct err *err) MUST_CHECK;
/* Adds the limit, which was checked, and the findings that it counts. */
void ci_inspect_judge(const struct findings *f, const char *limit, struct report_gates *out);
