/* keep/build_tools.h - knows by name what builds and installs software: compilers, build systems, package managers. A
 * service does not start them, though libraries name them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "packages/package.h"

bool keep_build_tools_have_program(const char *name);
/* Whether the program installs a distribution's packages. n: bytes of the name. */
bool keep_build_tools_have_manager(const char *name, size_t n);
/* Whether a package of that name, of a distribution or a language, is there for such a tool. */
bool keep_build_tools_have_package(const char *name);
/* Whether a package is there to build, debug or document software, by its name, its ending (-dev) or its section. */
bool keep_build_tools_are(const struct package *p);
