/* probe/links/resolve.h - what a reference means on a page. Spec: RFC 3986 section 5. */
#pragma once

/* Resolves ref on the page (an absolute URL) with that base (may be NULL). Returns "/path?query" if the result has
 * the page's scheme and port and leads to the same host, else NULL. Without fragment and dot segments. free()
 * The same host is the page's own, any name that a machine has for itself (localhost, 127.0.0.1, ::1, 0.0.0.0), and
 * hostname, that of the container (NULL = unknown). */
char *probe_resolve(const char *page, const char *base, const char *ref, const char *hostname);
