/* keep/application/package_programs.h - keeps the other programs of a package if a run used one of them, or its
 * modules: an operator who has redis-server expects redis-cli, and whisper-info with Python's whisper. Leaves out
 * packages that every system has, which are collections of tools, and scripts of a language that no run used. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

/* After keep_trace. */
void keep_package_programs(struct keep_set *k, const struct packages *packages, const struct evidence *evidence);
/* The kind of a node in a directory of programs, or of the target of a symlink there. */
enum keep_program_kind {
	KEEP_PROGRAM_NONE,
	KEEP_PROGRAM_COMPILED,
	KEEP_PROGRAM_SHELL_SCRIPT,
	KEEP_PROGRAM_SCRIPT, /* of any other language */
};
enum keep_program_kind keep_package_programs_kind(const struct keep_set *k, uint32_t id);
/* Whether the file at path (absolute) is a program or data that starts no interpreter that is not kept yet; shells: a
 * shell may. False if it is not there. */
bool keep_package_programs_is_cheap(const struct keep_set *k, const char *path, bool shells);
