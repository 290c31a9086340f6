/* probe/crawl/crawl.h - follows what an answer refers to, breadth first: redirects, links, forms, and what a browser
 * loads with a page. No path twice, none on another host or port; whatever robots.txt says. Then it asks for paths that
 * are guessed, and follows what those refer to. In another variant of the exercise (exercise/variant.h) all that is
 * known at a time is asked for in another order, and several at once. */
#pragma once

#include "probe/crawl/site.h"
#include "probe/routes/routes.h"

struct probe_crawl {
	struct probe_site site;
	unsigned max_pages;   /* requests, with the one that was answered */
	unsigned max_depth;   /* links in a row; 0 = redirects alone */
	uint64_t until;       /* of clock_ms: no request begins after that, or takes longer; UINT64_MAX = never */
	unsigned max_seconds; /* that stand behind until, for the note */
	struct probe_routes *routes; /* gives the guesses; NULL = don't guess */
	int no_page;                 /* the status of a guess that is wrong, beside 404, 405 and 501 */
};

/* Starts from the answer to a request for path. Each request is a step, but for guesses that are wrong. Notes the forms
 * that it does not send, and that the time ended it. An error is that of a cancelled run. */
int probe_crawl_run(struct probe_crawl *c, const char *path, const struct net_answer *answer, struct exercise_log *log,
		    struct err *err) MUST_CHECK;
