/* probe/crawl/extras.h - requests that make a service run code which no link leads to: error pages, a method that it
 * does not know, HEAD, and the answer that nothing has changed. */
#pragma once

#include "probe/crawl/site.h"

#define PROBE_EXTRAS_NO_PAGE "/no-such-page-asked-for-by-slim"

#define PROBE_EXTRAS_TIMEOUT_MS 5000 /* a service that just answered needs no longer; some never answer HEAD */

/* The service's answer for a page that does not exist. */
struct probe_no_page {
	int status; /* 0 = not at all */
	uint32_t ms;
};

/* answer: to GET /. Each request is a step that wants an error; none after one that times out. An error is that of a
 * cancelled run. */
int probe_extras_run(const struct probe_site *s, const struct net_answer *answer, struct probe_no_page *no_page,
		     struct exercise_log *log, struct err *err) MUST_CHECK;
