/* ci/output/openmetrics.h - the figures of a build in the text format of OpenMetrics 1.0, for GitLab's
 * artifacts:reports:metrics and everything that reads Prometheus' format. */
#pragma once

#include "ci/output/build.h"

void ci_openmetrics(const struct ci_build *b, struct buf *out);
