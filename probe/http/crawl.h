/* probe/crawl.h - finds the links of a page: what a browser would load with it, and where its reader can go.
 * Spec: WHATWG HTML (attributes that hold URLs, srcset, meta refresh, base), CSS Syntax (url(), @import),
 *   SVG (href, xlink:href), RFC 3986 section 5 (resolving).
 * Works on bytes of any origin: what is malformed is read as far as it makes sense, never an error. */
#pragma once

#include "base/strlist.h"

struct probe_crawl_links {
	struct strlist refs; /* as they stand in the page, in its order, LIMIT_LINKS at most */
	char *base;          /* of <base href>, NULL = none */
};

/* The references of a body of n bytes (the first LIMIT_HTML are read). content_type: the header's value, ""
 * = guess; neither HTML, SVG nor CSS has no references. */
void probe_crawl_links_find(const char *content_type, const char *data, size_t n, struct probe_crawl_links *out);
void probe_crawl_links_done(struct probe_crawl_links *l);
#define CLEANUP_CRAWL_LINKS CLEANUP(probe_crawl_links_done)

/* ref as it is meant on the page (an absolute URL) with that base (may be NULL): "/path?query" if it has the
 * page's scheme, host and port, else NULL. Without fragment and dot segments. free() */
char *probe_crawl_resolve(const char *page, const char *base, const char *ref);
