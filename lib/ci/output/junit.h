/* ci/output/junit.h - a build as JUnit XML, which Jenkins, GitLab and Azure read: a suite each for the build, the runs
 * of the original with their requests and commands, the comparison, and the gates. */
#pragma once

#include "ci/output/build.h"

void ci_junit(const struct ci_build *b, struct buf *out);
