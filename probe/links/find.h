/* probe/links/find.h - finds the references of a body, by its type.
 * Spec: WHATWG HTML (attributes that hold URLs, srcset, meta refresh, base, forms, import maps), CSS Syntax (url(),
 *   @import, image-set()), ECMAScript (import, export), SVG (href, xlink:href), Web App Manifest, RFC 8288 (Link).
 * Works on bytes of any origin: what is malformed is read as far as it makes sense, never an error. */
#pragma once

#include "probe/links/list.h"

/* Finds the references of a body of n bytes (the first LIMIT_HTML are read). content_type: the header's value, "" =
 * guess. A body that is not HTML, SVG, CSS, a script or a manifest has no references. */
void probe_links_find(const char *content_type, const char *data, size_t n, struct probe_links *out);
/* Those of the value of a Link header that a browser would load, and the next and previous page. */
void probe_links_find_header(const char *value, struct probe_links *out);
