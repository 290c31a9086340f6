/* ci/output/openmetrics.h - writes the figures of a build as text of OpenMetrics 1.0, for GitLab's
 * artifacts:reports:metrics and for readers of Prometheus' format. */
#pragma once

#include "ci/output/build.h"

void ci_openmetrics(const struct ci_build *b, struct buf *out);
