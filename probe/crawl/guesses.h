/* probe/crawl/guesses.h - the guesses of one crawl: which of them to ask for, which are right, and whose answers vary
 * by themselves. The first run finds it out, those after it do as it did. */
#pragma once

#include "exercise/exercise.h"
#include "probe/crawl/site.h"
#include "probe/routes/routes.h"

/* The first members are the crawl's; all else is zero: nothing was asked for yet. */
struct probe_guesses {
	const struct probe_site *site;
	struct probe_routes *routes;    /* NULL = don't guess */
	int no_page;                    /* the status of one that is wrong, beside 404, 405 and 501 */
	uint64_t until;                 /* of clock_ms */
	struct probe_routes_port *port; /* NULL = it did not come to them */
	size_t next;                    /* of port->paths */
	unsigned timeouts;              /* of them */
	struct strset other_method;     /* those that are right for a method other than GET */
};
void probe_guesses_done(struct probe_guesses *g);

/* The next one that is not in asked; NULL = there are no more. */
const char *probe_guesses_next(struct probe_guesses *g, const struct strset *asked);
/* For the answer to one: it may wait for what never comes. */
unsigned probe_guesses_timeout(const struct probe_site *site);
/* Whether the guess is a step: it is right, or was so in the first run. r: of net_fetch. */
bool probe_guesses_heed(struct probe_guesses *g, const char *path, int r, const struct net_answer *a);
/* Whether its answers vary by themselves. */
bool probe_guesses_varies(const struct probe_guesses *g, const char *path);
/* In the first run: repeats the guesses that were right and quick, for a fifth of a second at most. Removes the
 * digest from the steps whose second answer differs. asked: as for _next. ERR_CANCELLED. */
int probe_guesses_end(struct probe_guesses *g, const struct strset *asked, struct exercise_log *log,
		      struct err *err) MUST_CHECK;
