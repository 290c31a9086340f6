#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "probe/links/find.h"
#include "probe/links/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The first byte says what kind of body the rest is. Checks that each link stays on the page's origin and fits a
 * request line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const types[] = {
	    "text/html",       "text/css",         "image/svg+xml", "",
	    "text/javascript", "application/json", "link header",   "application/manifest+json"};
	static const char page[] = "http://127.0.0.1:8080/dir/page?q=1";
	if (n == 0)
		return 0;
	CLEANUP_FREE char *body = mem_dup(data + 1, n - 1); /* of its exact size */
	CLEANUP_PROBE_LINKS struct probe_links l = {0};
	const char *type = types[data[0] % (sizeof(types) / sizeof(*types))];
	if (strcmp(type, "link header") == 0) {
		CLEANUP_FREE char *value = mem_strndup((const char *)data + 1, n - 1);
		probe_links_find_header(value, &l);
	} else {
		probe_links_find(type, body, n - 1, &l);
	}
	assert(l.count <= LIMIT_LINKS);
	for (size_t i = 0; i < l.count; i++) {
		assert(strlen(l.items[i].ref) <= LIMIT_LINK);
		assert(l.items[i].ref[0] || l.items[i].kind == PROBE_LINK_POST);
		assert((l.items[i].kind == PROBE_LINK_POST) == (l.items[i].fields != NULL));
		CLEANUP_FREE char *path = probe_resolve(page, l.base, l.items[i].ref, "web");
		if (!path)
			continue;
		assert(path[0] == '/' && !strchr(path, '#'));
		for (const char *c = path; *c; c++)
			assert((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
	}
	return 0;
}
