#include "probe/crawl/crawl.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/limits.h"
#include "probe/links/find.h"
#include "probe/links/resolve.h"
#include "probe/links/sample.h"
#include "probe/crawl/step.h"

#define MAX_REDIRECTS 10 /* in a row, without counting as depth */
#define MAX_TIMEOUTS 3   /* of one port; more than that is no crawl any more */
#define FORMS_NAMED 8    /* in the note */
#define FORM_SHOWN 160   /* bytes of one of them */
#define GUESS_MS 2000    /* for the answer to a guess: it may wait for what never comes */
#define GUESSES_MS 20000 /* for all of them */

/* A crawl under way. The set holds what to get ("/path?query"), each once, in the order to get it; nodes[id] says how
 * it was come by. */
struct walk {
	const struct probe_crawl *crawl;
	struct exercise_log *log;
	struct strset paths;
	struct node {
		unsigned depth, redirects;
		bool guess;
	} * nodes;
	size_t nodes_cap;
	struct probe_sample sample;
	struct strset forms; /* that are not sent: "POST /login (user, password)" */
	unsigned timeouts;
	struct strset other_method;        /* guesses that are right for a method other than GET */
	struct probe_routes_port *guesses; /* NULL = it did not come to them */
	size_t next_guess;
	unsigned guess_timeouts;
	uint64_t guess_until;
};

static void walk_done(struct walk *w)
{
	strset_done(&w->paths);
	strset_done(&w->forms);
	strset_done(&w->other_method);
	probe_sample_done(&w->sample);
	free(w->nodes);
}

char *probe_site_url(const struct probe_site *s, const char *scheme, const char *path)
{
	bool v6 = strchr(s->host, ':');
	return mem_printf("%s://%s%s%s:%u%s", scheme, v6 ? "[" : "", s->host, v6 ? "]" : "", s->port, path);
}

/* ---- what to get ---- */

static void add_node(struct walk *w, const char *path, const struct node *node)
{
	bool added;
	size_t id = strset_add_len(&w->paths, path, strlen(path), &added);
	w->nodes = mem_grow(w->nodes, id, &w->nodes_cap, sizeof(*w->nodes));
	w->nodes[id] = *node;
}

static void add(struct walk *w, const char *path, enum probe_link_kind kind, unsigned depth, unsigned redirects)
{
	if (w->paths.count >= w->crawl->max_pages || depth > w->crawl->max_depth || redirects > MAX_REDIRECTS ||
	    strset_find(&w->paths, path) != STRSET_NONE || !probe_sample_take(&w->sample, path, kind))
		return;
	add_node(w, path, &(struct node){.depth = depth, .redirects = redirects});
}

static void add_link(struct walk *w, const struct probe_link *link, const char *path, unsigned depth)
{
	if (link->kind != PROBE_LINK_POST) {
		add(w, path, link->kind, depth, 0);
		return;
	}
	CLEANUP_FREE char *form = mem_printf("POST %.*s%s%.*s%s", FORM_SHOWN, path, *link->fields ? " (" : "",
					     FORM_SHOWN, link->fields, *link->fields ? ")" : "");
	strset_add(&w->forms, form);
}

static void add_links(struct walk *w, const char *page, const struct probe_links *links, unsigned depth)
{
	for (size_t i = 0; i < links->count; i++) {
		const struct probe_link *link = &links->items[i];
		CLEANUP_FREE char *path = probe_resolve(page, links->base, link->ref, w->crawl->site.target->hostname);
		if (path)
			add_link(w, link, path, depth);
	}
}

/* Queues what the answer to the request with that id refers to. */
static void follow(struct walk *w, size_t id, const struct net_answer *a)
{
	const struct node node = w->nodes[id];
	const struct probe_site *site = &w->crawl->site;
	CLEANUP_FREE char *page = probe_site_url(site, site->scheme, strset_get(&w->paths, id));
	if (a->location[0]) {
		CLEANUP_FREE char *path = probe_resolve(page, NULL, a->location, site->target->hostname);
		if (path)
			add(w, path, PROBE_LINK_PAGE, node.depth, node.redirects + 1);
	}
	if (node.depth >= w->crawl->max_depth || w->paths.count >= w->crawl->max_pages)
		return;
	CLEANUP_PROBE_LINKS struct probe_links links = {0};
	for (size_t i = 0; i < a->headers.count; i++)
		if (strncasecmp(a->headers.items[i], "Link: ", 6) == 0)
			probe_links_find_header(a->headers.items[i] + 6, &links);
	probe_links_find(a->content_type, a->body.data ? a->body.data : "", a->body.len, &links);
	add_links(w, page, &links, node.depth + 1);
}

/* ---- guesses ---- */

static void begin_guesses(struct walk *w)
{
	const struct exercise_target *t = w->crawl->site.target;
	const struct probe_routes_place place = {t->process, t->root};
	const uint64_t until = clock_ms() + GUESSES_MS;
	w->guess_until = until < w->crawl->until ? until : w->crawl->until;
	w->guesses = probe_routes_of(w->crawl->routes, &place, w->crawl->site.port, &w->paths);
}

/* Queues one that nothing led to so far. False if there are no more. */
static bool add_guess(struct walk *w)
{
	if (w->crawl->routes && !w->guesses)
		begin_guesses(w);
	const struct probe_routes_port *g = w->guesses;
	while (g && w->next_guess < g->paths.count && clock_ms() < w->guess_until && w->guess_timeouts < MAX_TIMEOUTS) {
		const char *path = g->paths.items[w->next_guess++];
		bool is_new = strset_find(&w->paths, path) == STRSET_NONE;
		if (is_new && (!g->asked || strset_find(&g->has, path) != STRSET_NONE)) {
			add_node(w, path, &(struct node){.depth = 1, .guess = true});
			return true;
		}
	}
	return false;
}

/* Something answers for the path. If it is a file's, it must be served, too. */
static bool is_right(const struct walk *w, int status)
{
	if (w->next_guess > w->guesses->n_named && status >= 500)
		return false;
	return status != 404 && status != 405 && status != 501 && status != w->crawl->no_page;
}

/* Whether the guess is a step: it is right, or was so in the first run. */
static bool heed_guess(struct walk *w, const char *path, int r, const struct net_answer *a)
{
	struct probe_routes_port *g = w->guesses;
	w->guess_timeouts += r == -ERR_TIMEOUT;
	if (r == 0 && a->status == 405)
		strset_add(&w->other_method, path);
	if (!g->asked && r == 0 && is_right(w, a->status))
		strset_add(&g->has, path);
	if (r < 0 && r != -ERR_TIMEOUT)
		w->next_guess = g->paths.count; /* the service does not bear them */
	return strset_find(&g->has, path) != STRSET_NONE;
}

/* What this run found is right for the runs after it; if it did not come to the guesses, they do not, either. */
static void end_guesses(struct walk *w)
{
	const struct probe_routes_place nowhere = {0, -1};
	if (w->crawl->routes && !w->guesses)
		w->guesses = probe_routes_of(w->crawl->routes, &nowhere, w->crawl->site.port, &w->paths);
	if (w->guesses)
		w->guesses->asked = true;
}

/* ---- requests ---- */

static int get(struct walk *w, size_t id, struct err *err)
{
	const struct probe_site *site = &w->crawl->site;
	const char *path = strset_get(&w->paths, id);
	CLEANUP_FREE char *url = probe_site_url(site, site->scheme, path), *what = mem_printf("GET %s", path);
	const bool guess = w->nodes[id].guess;
	struct probe_step step = {.what = what, .port = site->port, .began = clock_ms(), .guess = guess};
	uint64_t left = w->crawl->until > step.began ? w->crawl->until - step.began : 1;
	unsigned timeout = guess && site->timeout_ms > GUESS_MS ? GUESS_MS : site->timeout_ms;
	struct net_fetch_request q = {.method = "GET",
				      .url = url,
				      .timeout_ms = left < timeout ? (unsigned)left : timeout,
				      .max_body = LIMIT_HTTP_BODY};
	struct net_answer answer = {0};
	int r = net_fetch(site->client, &q, site->target->progress, &answer, err);
	if (r == -ERR_TIMEOUT && clock_ms() >= w->crawl->until)
		return r; /* it is the crawl's time that ended: how far it came is chance */
	bool counts = !guess || heed_guess(w, path, r, &answer);
	if (r == -ERR_TIMEOUT && !guess && ++w->timeouts == MAX_TIMEOUTS)
		r = err_wrap(err, "the crawl of port %u ends here", site->port);
	if (counts)
		probe_step_log(&step, &answer, r < 0 ? err->msg : NULL, w->log);
	if (r == 0 && counts)
		follow(w, id, &answer);
	net_answer_done(&answer);
	return r;
}

/* "POST /login (user), POST /cart, ...". */
static void list_some(const struct strset *of, struct buf *out)
{
	for (size_t i = 0; i < of->count && i < FORMS_NAMED; i++)
		buf_printf(out, "%s%s", i ? ", " : "", strset_get(of, i));
	buf_str(out, of->count > FORMS_NAMED ? ", ..." : "");
}

static void note_forms(const struct walk *w)
{
	CLEANUP_BUF struct buf names = {0}, paths = {0};
	list_some(&w->forms, &names);
	list_some(&w->other_method, &paths);
	if (w->forms.count)
		notes_add(&w->log->notes, "forms-not-sent",
			  "the crawl of port %u sent no form with POST, so that what these need was not seen: %s; send "
			  "such requests with a probe file or --host-exec",
			  w->crawl->site.port, names.data);
	if (w->other_method.count)
		notes_add(&w->log->notes, "routes-not-sent",
			  "port %u has paths that answer another method than GET, so that what these need was not "
			  "seen: %s; send such requests with a probe file or --host-exec",
			  w->crawl->site.port, paths.data);
}

/* left: requests that were not sent. */
static void note_time(const struct walk *w, size_t left)
{
	w->log->cut_short = true;
	notes_add(&w->log->notes, "crawl-cut-short",
		  "the crawl of port %u ended after %u s (--http-crawl-max-time); at least %zu request%s not sent",
		  w->crawl->site.port, w->crawl->max_seconds, left, left == 1 ? " was" : "s were");
}

int probe_crawl_run(struct probe_crawl *c, const char *path, const struct net_answer *answer, struct exercise_log *log,
		    struct err *err)
{
	CLEANUP(walk_done) struct walk w = {.crawl = c, .log = log};
	add(&w, path, PROBE_LINK_PAGE, 0, 0);
	if (!w.paths.count)
		return 0;
	follow(&w, 0, answer);
	size_t id;
	for (id = 1; w.timeouts < MAX_TIMEOUTS && clock_ms() < c->until; id++) {
		struct err failure = {0};
		if (id == w.paths.count && !add_guess(&w))
			break;
		int r = get(&w, id, &failure);
		if (r == -ERR_CANCELLED && err)
			*err = failure;
		if (r == -ERR_CANCELLED)
			return r;
		if (r == -ERR_TIMEOUT && clock_ms() >= c->until)
			break;
	}
	end_guesses(&w);
	c->gave_up = id < w.paths.count || w.timeouts >= MAX_TIMEOUTS;
	if (id < w.paths.count && w.timeouts < MAX_TIMEOUTS)
		note_time(&w, w.paths.count - id);
	note_forms(&w);
	return 0;
}
