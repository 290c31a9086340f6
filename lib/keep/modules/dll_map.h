/* keep/modules/dll_map.h - reads where Mono looks for the native libraries that code names: the dllmap elements of
 * /etc/mono/config, and of the .config file beside an assembly.
 * Spec: mono-config(5). */
#pragma once

#include "base/strlist.h"

struct keep_dll_map {
	struct strlist from, to; /* pairs */
};

/* Add those of a text that are for Linux. */
void keep_dll_map_read(struct keep_dll_map *m, const char *text);
void keep_dll_map_done(struct keep_dll_map *m);
#define CLEANUP_KEEP_DLL_MAP CLEANUP(keep_dll_map_done)
/* Returns the name that a library's name is mapped to; NULL if it is not mapped. Borrowed. */
const char *keep_dll_map_find(const struct keep_dll_map *m, const char *name);
