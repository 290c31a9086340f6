/* probe/links/json.h - the references of a manifest of an application (icons, start_url, shortcuts, ...), or of an
 * import map. Any other JSON has none. */
#pragma once

#include "probe/links/list.h"

void probe_links_json(struct probe_links *l, const char *s, size_t n);
