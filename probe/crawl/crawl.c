#include "probe/crawl/crawl.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "exercise/variant.h"
#include "probe/crawl/guesses.h"
#include "probe/links/find.h"
#include "probe/links/resolve.h"
#include "probe/links/sample.h"
#include "probe/crawl/step.h"

#define MAX_REDIRECTS 10 /* in a row, without counting as depth */
#define MAX_TIMEOUTS 3   /* of one port; after that the crawl of it ends */
#define WORKERS_MAX 4    /* see exercise/variant.h */
#define FORMS_NAMED 8    /* in the note */
#define FORM_SHOWN 160   /* bytes of one of them */

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
	size_t wrong; /* guesses among them */
	struct probe_sample sample;
	struct strset forms; /* that are not sent: "POST /login (user, password)" */
	unsigned timeouts;
	struct probe_guesses guesses;
	struct net_exchange_client *clients[WORKERS_MAX]; /* by worker; the first one is the site's */
};

static void walk_done(struct walk *w)
{
	strset_done(&w->paths);
	strset_done(&w->forms);
	probe_guesses_done(&w->guesses);
	probe_sample_done(&w->sample);
	free(w->nodes);
	for (size_t i = 1; i < WORKERS_MAX; i++)
		net_exchange_client_free(w->clients[i]);
}

/* ---- what to get ---- */

static bool has_room(const struct walk *w)
{
	return w->paths.count - w->wrong < w->crawl->max_pages;
}

static void add_node(struct walk *w, const char *path, const struct node *node)
{
	bool added;
	size_t id = strset_add_len(&w->paths, path, strlen(path), &added);
	w->nodes = mem_grow(w->nodes, id, &w->nodes_cap, sizeof(*w->nodes));
	w->nodes[id] = *node;
}

static void add(struct walk *w, const char *path, enum probe_link_kind kind, unsigned depth, unsigned redirects)
{
	if (!has_room(w) || depth > w->crawl->max_depth || redirects > MAX_REDIRECTS ||
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
	if (node.depth >= w->crawl->max_depth || !has_room(w))
		return;
	CLEANUP_PROBE_LINKS struct probe_links links = {0};
	for (size_t i = 0; i < a->headers.count; i++)
		if (strncasecmp(a->headers.items[i], "Link: ", 6) == 0)
			probe_links_find_header(a->headers.items[i] + 6, &links);
	probe_links_find(a->content_type, a->body.data ? a->body.data : "", a->body.len, &links);
	add_links(w, page, &links, node.depth + 1);
}

static bool add_guess(struct walk *w)
{
	const char *path = NULL;
	if (w->crawl->max_depth && has_room(w))
		path = probe_guesses_next(&w->guesses, &w->paths);
	if (path)
		add_node(w, path, &(struct node){.depth = 1, .guess = true});
	return path;
}

/* In the first run one at a time, since the first answer may end them; in a variant all that are known to be right. */
static bool add_guesses(struct walk *w)
{
	if (!add_guess(w))
		return false;
	while (w->crawl->site.target->variant && w->guesses.port->asked && add_guess(w))
		;
	return true;
}

/* ---- requests ---- */

/* Those that are under way at the same time, at most WORKERS_MAX. */
struct flight {
	const struct walk *walk;
	const size_t *ids;
	struct fetched {
		struct net_answer answer;
		struct err err;
		int r;
		uint64_t began, ended;
	} got[WORKERS_MAX];
};

static void fetch(void *ctx, unsigned worker, size_t i)
{
	struct flight *f = ctx;
	const struct walk *w = f->walk;
	const struct probe_site *site = &w->crawl->site;
	struct fetched *g = &f->got[i];
	g->began = clock_ms();
	const uint64_t left = w->crawl->until > g->began ? w->crawl->until - g->began : 1;
	const bool guess = w->nodes[f->ids[i]].guess;
	const unsigned timeout = guess ? probe_guesses_timeout(site) : site->timeout_ms;
	g->r = probe_site_fetch(site, w->clients[worker], "GET", strset_get(&w->paths, f->ids[i]), NULL,
				left < timeout ? (unsigned)left : timeout, &g->answer, &g->err);
	g->ended = clock_ms();
}

/* Logs what came, and queues what it refers to. */
static int take(struct walk *w, size_t id, struct fetched *g, struct err *err)
{
	const char *path = strset_get(&w->paths, id);
	CLEANUP_FREE char *what = mem_printf("GET %s", path);
	const struct probe_site *site = &w->crawl->site;
	const bool guess = w->nodes[id].guess;
	struct probe_step step = {.what = what,
				  .port = site->port,
				  .began = g->began,
				  .ended = g->ended,
				  .wish = guess ? EXERCISE_WISH_GUESS : EXERCISE_WISH_SUCCESS};
	int r = g->r;
	*err = g->err;
	if (r == -ERR_TIMEOUT && clock_ms() >= w->crawl->until)
		return r; /* it is the crawl's time that ended: how far it came is chance */
	bool counts = !guess || probe_guesses_heed(&w->guesses, path, r, &g->answer);
	w->wrong += !counts;
	step.varies = guess && probe_guesses_varies(&w->guesses, path);
	if (r == -ERR_TIMEOUT && !guess && ++w->timeouts == MAX_TIMEOUTS)
		r = err_wrap(err, "the crawl of port %u ends here", site->port);
	if (counts)
		probe_step_log(&step, &g->answer, r < 0 ? err->msg : NULL, w->log);
	if (r == 0 && counts)
		follow(w, id, &g->answer);
	return r;
}

/* n of them at once; clients act as one. Returns the error that ends the crawl. */
static int get(struct walk *w, const size_t *ids, unsigned n, struct err *err)
{
	struct flight f = {.walk = w, .ids = ids};
	const struct net_exchange_peer peer = {
	    .insecure = true, .cookies = true, .connect_timeout_ms = w->crawl->site.timeout_ms};
	int r = 0;
	for (unsigned i = 1; i < n; i++) {
		if (!w->clients[i])
			w->clients[i] = net_exchange_client_new(&peer);
		net_fetch_copy_cookies(w->clients[i], w->clients[0]);
	}
	exercise_variant_share(n, n, fetch, &f);
	for (unsigned i = 0; i < n; i++) {
		struct err failure = {0};
		int taken = r == 0 ? take(w, ids[i], &f.got[i], &failure) : 0;
		if (i)
			net_fetch_add_cookies(w->clients[0], w->clients[i]);
		net_answer_done(&f.got[i].answer);
		if (taken != -ERR_CANCELLED && !(taken == -ERR_TIMEOUT && clock_ms() >= w->crawl->until))
			continue;
		r = taken;
		*err = failure;
	}
	return r;
}

static bool goes_on(const struct walk *w)
{
	return w->timeouts < MAX_TIMEOUTS && clock_ms() < w->crawl->until;
}

/* Gets n from the id on; *sent counts them. */
static int get_wave(struct walk *w, size_t id, size_t n, size_t *sent, struct err *err)
{
	const unsigned variant = w->crawl->site.target->variant;
	CLEANUP_FREE size_t *ids = mem_calloc(n, sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[i] = id + i;
	exercise_variant_order(variant, ids, n);
	int r = 0;
	for (size_t done = 0, now; done < n && r == 0 && goes_on(w); done += now) {
		now = exercise_variant_workers(variant);
		if (now > n - done)
			now = n - done;
		r = get(w, ids + done, (unsigned)now, err);
		*sent += r == 0 ? now : 0;
	}
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
	list_some(&w->guesses.other_method, &paths);
	if (w->forms.count)
		notes_add(&w->log->notes, "forms-not-sent",
			  "the crawl of port %u sends no forms by POST, so slim did not see which files these need: "
			  "%s; send such requests with a probe file or --host-exec",
			  w->crawl->site.port, names.data);
	if (w->guesses.other_method.count)
		notes_add(&w->log->notes, "routes-not-sent",
			  "port %u has paths with another method than GET, so slim did not see which files these need: "
			  "%s; send such requests with a probe file or --host-exec",
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
	CLEANUP(walk_done) struct walk w = {.crawl = c, .log = log, .clients = {c->site.client}};
	w.guesses =
	    (struct probe_guesses){.site = &c->site, .routes = c->routes, .no_page = c->no_page, .until = c->until};
	add(&w, path, PROBE_LINK_PAGE, 0, 0);
	if (!w.paths.count)
		return 0;
	follow(&w, 0, answer);
	size_t sent = 1;
	int r = 0;
	while (r == 0 && goes_on(&w) && (sent < w.paths.count || add_guesses(&w))) {
		struct err failure = {0};
		r = get_wave(&w, sent, c->site.target->variant ? w.paths.count - sent : 1, &sent, &failure);
		if (r == -ERR_CANCELLED && err)
			*err = failure;
	}
	if (r == -ERR_CANCELLED)
		return r;
	if (sent < w.paths.count && w.timeouts < MAX_TIMEOUTS)
		note_time(&w, w.paths.count - sent);
	note_forms(&w);
	return probe_guesses_end(&w.guesses, &w.paths, log, err);
}
