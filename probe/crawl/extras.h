/* probe/crawl/extras.h - requests that make a service run code which no link leads to: error pages, a method that it
 * does not know, HEAD, and the answer that nothing has changed. */
#pragma once

#include "probe/crawl/crawl.h"

#define PROBE_EXTRAS_NO_PAGE "/no-such-page-asked-for-by-slim"

/* answer: to GET /. Each request is a step that wants an error; none after one that times out. An error is that of a
 * cancelled run. */
int probe_extras_run(const struct probe_site *s, const struct net_answer *answer, struct exercise_log *log,
		     struct err *err) MUST_CHECK;
