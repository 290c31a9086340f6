/* keep/documentation.h - tells documentation by where it lies. Programs do not read it. */
#pragma once

#include <stdbool.h>

/* Whether the path (absolute, without symlinks) is a directory of manual pages, licenses or other documentation, or
 * lies in one. */
bool keep_documentation_is(const char *path);
