#include "probe/crawl/guesses.h"

#include <string.h>

#include "base/clock.h"

#define ONE_MS 2000  /* for an answer */
#define ALL_MS 20000 /* for all answers */
#define AGAIN_MS 200 /* for all that are asked for again, */
#define SLOW_MS 100  /* without those whose first answer took so long */
#define MAX_TIMEOUTS 3

void probe_guesses_done(struct probe_guesses *g)
{
	strset_done(&g->other_method);
}

unsigned probe_guesses_timeout(const struct probe_site *site)
{
	return site->timeout_ms < ONE_MS ? site->timeout_ms : ONE_MS;
}

static void find(struct probe_guesses *g, const struct strset *asked)
{
	const struct exercise_target *t = g->site->target;
	const struct probe_routes_place place = {t->process, t->root};
	const uint64_t until = clock_ms() + ALL_MS;
	g->until = until < g->until ? until : g->until;
	g->port = probe_routes_of(g->routes, &place, g->site->port, asked);
}

static bool is_over(const struct probe_guesses *g)
{
	return g->next >= g->port->paths.count || g->timeouts >= MAX_TIMEOUTS || clock_ms() >= g->until;
}

const char *probe_guesses_next(struct probe_guesses *g, const struct strset *asked)
{
	if (g->routes && !g->port)
		find(g, asked);
	while (g->port && !is_over(g)) {
		const char *path = g->port->paths.items[g->next++];
		bool is_new = strset_find(asked, path) == STRSET_NONE;
		if (is_new && (!g->port->asked || strset_find(&g->port->has, path) != STRSET_NONE))
			return path;
	}
	return NULL;
}

/* Something answers for the path. If it is a file's, it must be served, too. */
static bool is_right(const struct probe_guesses *g, int status)
{
	if (g->next > g->port->n_named && status >= 500)
		return false;
	return status != 404 && status != 405 && status != 501 && status != g->no_page;
}

bool probe_guesses_heed(struct probe_guesses *g, const char *path, int r, const struct net_answer *a)
{
	g->timeouts += r == -ERR_TIMEOUT;
	if (r == 0 && a->status == 405)
		strset_add(&g->other_method, path);
	if (!g->port->asked && r == 0 && is_right(g, a->status))
		strset_add(&g->port->has, path);
	if (r < 0 && r != -ERR_TIMEOUT)
		g->next = g->port->paths.count; /* the service does not bear them */
	return strset_find(&g->port->has, path) != STRSET_NONE;
}

bool probe_guesses_varies(const struct probe_guesses *g, const char *path)
{
	return strset_find(&g->port->varies, path) != STRSET_NONE;
}

static int ask_again(struct probe_guesses *g, struct exercise_step *s, struct err *err)
{
	const char *path = strchr(s->what, '/');
	CLEANUP_NET_ANSWER struct net_answer a = {0};
	CLEANUP_ANSWER struct exercise_answer again = {0};
	int r = probe_site_fetch(g->site, g->site->client, "GET", path, NULL, probe_guesses_timeout(g->site), &a, err);
	g->timeouts += r == -ERR_TIMEOUT;
	if (r < 0)
		return r == -ERR_CANCELLED ? r : 0;
	exercise_answer_set(&again, a.content_type, a.body.data ? a.body.data : "", a.body.len, a.body_bytes);
	if (a.status == s->status && strcmp(again.digest, s->answer.digest) == 0)
		return 0;
	strset_add(&g->port->varies, path);
	s->answer.digest[0] = '\0';
	return 0;
}

int probe_guesses_end(struct probe_guesses *g, const struct strset *asked, struct exercise_log *log, struct err *err)
{
	const struct probe_routes_place nowhere = {0, -1};
	const uint64_t until = clock_ms() + AGAIN_MS;
	int r = 0;
	if (!g->routes)
		return 0;
	if (!g->port) /* who did not come to the guesses does not come to them in later runs, either */
		g->port = probe_routes_of(g->routes, &nowhere, g->site->port, asked);
	for (size_t i = 0; r == 0 && !g->port->asked && i < log->count; i++) {
		struct exercise_step *s = &log->steps[i];
		if (s->wish == EXERCISE_WISH_GUESS && s->port == g->site->port && !s->error && s->ms <= SLOW_MS &&
		    g->timeouts < MAX_TIMEOUTS && clock_ms() < until)
			r = ask_again(g, s, err);
	}
	g->port->asked = true;
	return r;
}
