/* keep/application/package_programs.h - keeps the other programs of a package if a run used one of them: an operator
 * who has redis-server expects redis-cli. Leaves out packages that every system has, which are collections of tools,
 * and scripts of a language that no run used. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

/* After keep_trace. */
void keep_package_programs(struct keep_set *k, const struct packages *packages, const struct evidence *evidence);
/* For the level safe: if a run executed a shell, the programs that every script uses (coreutils, grep, sed, find, awk).
 * After keep_trace. */
void keep_package_programs_for_scripts(struct keep_set *k, const struct packages *packages,
				       const struct evidence *evidence);
/* Whether the node is a program, or a link to one, in a directory of programs, and no script. */
bool keep_package_programs_is_compiled(const struct keep_set *k, uint32_t id);
/* Whether the file at path (absolute) is a program or data that starts no interpreter that is not kept yet; shells: a
 * shell may. False if it is not there. */
bool keep_package_programs_is_cheap(const struct keep_set *k, const char *path, bool shells);
