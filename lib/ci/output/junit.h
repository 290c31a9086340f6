/* ci/output/junit.h - writes a build as JUnit XML for Jenkins, GitLab and Azure. It has suites for the build, the runs
 * of the original, their requests and commands, the comparison, and the gates. */
#pragma once

#include "ci/output/build.h"

void ci_junit(const struct ci_build *b, struct buf *out);
