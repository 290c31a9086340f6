/* keep/loader/dlopen_names.h - finds the libraries that an object may open by name: the texts in it that look like the
 * name of one ("libfoo.so.1", "/usr/lib/x/plugin.so"), if it calls dlopen or dlmopen at all. One whose version is put
 * in ("libfoo.so.%d") ends in the dot. */
#pragma once

#include "base/strset.h"

/* Whether it is opened if it is there, and done without if not: it is no reason to keep it. */
bool keep_dlopen_is_optional(const char *name);
/* Add at most LIMIT_ELF_NAMES names to out. */
void keep_dlopen_names(int fd, struct strset *out);
