/* keep/application/package_programs.h - the other programs of a package of which a run used one: an operator who has
 * redis-server expects redis-cli. Not of the packages that every system has, which are collections of tools, and no
 * scripts of a language that no run used. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

/* After keep_trace. */
void keep_package_programs(struct keep_set *k, const struct packages *packages, const struct evidence *evidence);
