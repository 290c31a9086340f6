/* keep/loader/dlopen_names.h - finds the libraries that an object may open by name, if it calls dlopen or dlmopen at
 * all: the texts in it that look like a library's name ("libfoo.so.1", "/usr/lib/x/plugin.so"). A name whose version
 * is filled in at run time ("libfoo.so.%d") ends in the dot. */
#pragma once

#include "base/strset.h"

/* Whether programs can do without this library, so that its name is not a reason to keep it. */
bool keep_dlopen_is_optional(const char *name);
/* Add at most LIMIT_ELF_NAMES names to out. */
void keep_dlopen_names(int fd, struct strset *out);
