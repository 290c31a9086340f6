/* probe/links/script.h - the references of a script or module: what it imports and loads, and what it gets without
 * more than an address. Names that only a resolver or an import map explains ("react") are left out. */
#pragma once

#include "probe/links/list.h"

void probe_links_script(struct probe_links *l, const char *s, size_t n);
