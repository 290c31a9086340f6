/* probe/script/sitemap.h - reads a sitemap (https://www.sitemaps.org/protocol.html), gzip-compressed or not: a GET
 * for each <loc>, once. URLs of another host than the first one's are left out (origin.h).
 * Parts of an index (<sitemapindex>) are read if they are in its folder under the last name of their URL. Others
 * can't be read before the service runs; they are requested as they are, with a note. */
#pragma once

#include "base/notes.h"
#include "probe/script/script.h"

int probe_sitemap_read(const char *path, struct probe_script *out, struct notes *notes, struct err *err) MUST_CHECK;
/* The same of bytes. what: the file's name in messages; dir: where parts lie, -1 = nowhere. */
int probe_sitemap_parse(const char *data, size_t n, const char *what, int dir, struct probe_script *out,
			struct notes *notes, struct err *err) MUST_CHECK;
