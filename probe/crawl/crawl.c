#include "probe/crawl/crawl.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "probe/crawl/guesses.h"
#include "probe/links/find.h"
#include "probe/links/resolve.h"
#include "probe/links/sample.h"
#include "probe/crawl/step.h"

#define MAX_REDIRECTS 10 /* in a row, without counting as depth */
#define MAX_TIMEOUTS 3   /* of one port; more than that is no crawl any more */
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
	struct probe_sample sample;
	struct strset forms; /* that are not sent: "POST /login (user, password)" */
	unsigned timeouts;
	struct probe_guesses guesses;
};

static void walk_done(struct walk *w)
{
	strset_done(&w->paths);
	strset_done(&w->forms);
	probe_guesses_done(&w->guesses);
	probe_sample_done(&w->sample);
	free(w->nodes);
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

/* ---- requests ---- */

static int get(struct walk *w, size_t id, struct err *err)
{
	const struct probe_site *site = &w->crawl->site;
	const char *path = strset_get(&w->paths, id);
	CLEANUP_FREE char *what = mem_printf("GET %s", path);
	const bool guess = w->nodes[id].guess;
	struct probe_step step = {.what = what,
				  .port = site->port,
				  .began = clock_ms(),
				  .wish = guess ? EXERCISE_WISH_GUESS : EXERCISE_WISH_SUCCESS};
	uint64_t left = w->crawl->until > step.began ? w->crawl->until - step.began : 1;
	const unsigned timeout = guess ? probe_guesses_timeout(site) : site->timeout_ms;
	struct net_answer answer = {0};
	int r = probe_site_fetch(site, site->client, "GET", path, NULL, left < timeout ? (unsigned)left : timeout,
				 &answer, err);
	if (r == -ERR_TIMEOUT && clock_ms() >= w->crawl->until)
		return r; /* it is the crawl's time that ended: how far it came is chance */
	bool counts = !guess || probe_guesses_heed(&w->guesses, path, r, &answer);
	step.varies = guess && probe_guesses_varies(&w->guesses, path);
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
	list_some(&w->guesses.other_method, &paths);
	if (w->forms.count)
		notes_add(&w->log->notes, "forms-not-sent",
			  "the crawl of port %u sent no form with POST, so that what these need was not seen: %s; send "
			  "such requests with a probe file or --host-exec",
			  w->crawl->site.port, names.data);
	if (w->guesses.other_method.count)
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
	w.guesses =
	    (struct probe_guesses){.site = &c->site, .routes = c->routes, .no_page = c->no_page, .until = c->until};
	add(&w, path, PROBE_LINK_PAGE, 0, 0);
	if (!w.paths.count)
		return 0;
	follow(&w, 0, answer);
	size_t id;
	for (id = 1; w.timeouts < MAX_TIMEOUTS && clock_ms() < c->until; id++) {
		struct err failure = {0};
		const char *guess = id == w.paths.count ? probe_guesses_next(&w.guesses, &w.paths) : NULL;
		if (guess)
			add_node(&w, guess, &(struct node){.depth = 1, .guess = true});
		if (id == w.paths.count)
			break;
		int r = get(&w, id, &failure);
		if (r == -ERR_CANCELLED && err)
			*err = failure;
		if (r == -ERR_CANCELLED)
			return r;
		if (r == -ERR_TIMEOUT && clock_ms() >= c->until)
			break;
	}
	if (id < w.paths.count && w.timeouts < MAX_TIMEOUTS)
		note_time(&w, w.paths.count - id);
	note_forms(&w);
	return probe_guesses_end(&w.guesses, &w.paths, log, err);
}
