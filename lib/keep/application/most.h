/* keep/application/most.h - keeps everything that may be of use to a program, for the level most. Left out, unless a
 * run used it: documentation, caches, version control, tests, package managers, toolchains and build tools, headers
 * and static libraries. Also left out: programs and libraries of another architecture than the runs', and
 * translations to languages that the image's configuration does not name. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

/* After keep_trace. Symlinks stay if what they lead to does (keep_closures). */
void keep_most_add(struct keep_set *k, const struct packages *packages);
