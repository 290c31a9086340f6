/* keep/application/leftovers.h - tells by its name what lies beside an application but is not part of it: caches,
 * version control, tests, build directories, compiled sources, places of language packages. */
#pragma once

#include "image/index.h"

enum keep_leftover {
	KEEP_LEFTOVER_NONE,
	KEEP_LEFTOVER_ALWAYS,   /* a cache, version control, a tool's state */
	KEEP_LEFTOVER_UNUSED,   /* tests, sources, build output: unless a run used something of it */
	KEEP_LEFTOVER_PACKAGES, /* packages of a language: as far as they are reachable */
};

/* Of a directory. */
enum keep_leftover keep_leftover_directory(const struct image_index *x, uint32_t dir);
/* Of a file: "" or its extension, if files with that one are compiled into what runs (".go"). */
const char *keep_leftover_source(const char *name);
/* Whether a file whose name ends as a source map or debug symbols do is neither: what it would be of is not beside it.
 */
bool keep_leftover_lacks_product(const struct image_index *x, const struct image_node *n);
/* Whether a directory of that name holds what is served or read as it is: a source there is content. */
bool keep_leftover_is_content(const char *name);
/* Whether it holds what is made at run time or by package managers, or is mounted: /tmp, /var/cache. path: absolute. */
bool keep_leftover_place(const char *path);
/* Whether distributions put their own files there (/etc, /usr), other than for authors (/usr/local). */
bool keep_leftover_is_system(const char *path);
