/* probe/links/sample.h - decides which references of a site are worth a request: of pages that are alike a few, however
 * many there are. */
#pragma once

#include "base/strset.h"
#include "probe/links/list.h"

#define PROBE_SAMPLE_QUERIES 3  /* of one path */
#define PROBE_SAMPLE_NUMBERED 5 /* pages whose paths differ in numbers only: /item/1, /item/2 */

/* All zero: nothing was seen. */
struct probe_sample {
	struct strset seen; /* what pages that are alike have in common */
	unsigned *counts;   /* by its id */
	size_t cap;
};

/* Whether to ask for path ("/path?query"), which was not seen before; counts it if so. Assets that a browser loads
 * with a page are not sampled by their numbers. */
bool probe_sample_take(struct probe_sample *s, const char *path, enum probe_link_kind kind);
void probe_sample_done(struct probe_sample *s);
