#include "probe/probe.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/strset.h"
#include "net/fetch.h"
#include "probe/http/crawl.h"

#define FIRST_RETRY_MS 50 /* then doubled, RETRIES times: 1.55 s in all */
#define RETRIES 5
#define FIRST_BUSY_MS 200   /* then doubled, RETRIES times: 6.2 s in all, for one that says it is not up yet */
#define TLS_TIMEOUT_MS 2000 /* of the handshake; a server of another protocol may wait for the end of a line */
#define MAX_REDIRECTS 10    /* in a row, without counting as depth */
#define MAX_TIMEOUTS 3      /* of one port; more than that is no crawl any more */

/* The crawl of one port. The set holds what to get ("/path?query"), each once, in the order to get it;
 * nodes[id] says how it was come by. */
struct crawl {
	const struct exercise_target *target;
	struct net_exchange_client *client;
	const char *scheme; /* that the port speaks; NULL = not known yet */
	const char *method; /* of the first request; that of links is GET */
	uint16_t port;
	unsigned max_pages, max_depth, timeout_ms;
	struct strset paths;
	struct crawl_node {
		unsigned depth, redirects;
	} * nodes;
	size_t nodes_cap;
};

static void crawl_done(struct crawl *c)
{
	strset_done(&c->paths);
	free(c->nodes);
}

static void crawl_add(struct crawl *c, const char *path, unsigned depth, unsigned redirects)
{
	if (c->paths.count >= c->max_pages || depth > c->max_depth || redirects > MAX_REDIRECTS)
		return;
	bool added;
	size_t id = strset_add_len(&c->paths, path, strlen(path), &added);
	if (!added)
		return;
	c->nodes = mem_grow(c->nodes, id, &c->nodes_cap, sizeof(*c->nodes));
	c->nodes[id] = (struct crawl_node){.depth = depth, .redirects = redirects};
}

static char *url_of(const struct crawl *c, const char *scheme, const char *path)
{
	bool v6 = strchr(c->target->host, ':');
	return mem_printf("%s://%s%s%s:%u%s", scheme, v6 ? "[" : "", c->target->host, v6 ? "]" : "", c->port, path);
}

static int get(struct crawl *c, const char *method, const char *scheme, const char *path, struct net_answer *out,
	       struct err *err)
{
	CLEANUP_FREE char *url = url_of(c, scheme, path);
	const struct net_fetch_request q = {.method = method,
					    .url = url,
					    .timeout_ms = c->timeout_ms,
					    .connect_timeout_ms = strcmp(scheme, "https") == 0 ? TLS_TIMEOUT_MS : 0,
					    .max_body = LIMIT_HTTP_BODY};
	return net_fetch(c->client, &q, c->target->progress, out, err);
}

/* failure: NULL = there was the answer r. */
static void log_step(const struct crawl *c, const char *method, const char *path, uint64_t began,
		     const struct net_answer *r, const char *failure, struct exercise_log *log)
{
	struct exercise_step step = {
	    .kind = EXERCISE_HTTP,
	    .what = mem_printf("%s %s", method, path),
	    .port = c->port,
	    .status = failure ? -1 : r->status,
	    .ms = (uint32_t)(clock_ms() - began),
	    .error = mem_strdup(failure),
	};
	if (!failure)
		exercise_answer_set(&step.answer, r->content_type, r->body.data ? r->body.data : "", r->body.len,
				    r->body_bytes);
	exercise_log_add(log, &step);
}

static bool was_closed(const struct err *e)
{
	return e->code == ERR_SYS && (e->sys == ECONNRESET || e->sys == EPIPE);
}

/* The first request over TLS. True if HTTP is spoken there: then the crawl goes on in it and *out is the answer. */
static bool try_tls(struct crawl *c, struct net_answer *out)
{
	struct net_answer r = {0};
	if (get(c, c->method, "https", strset_get(&c->paths, 0), &r, NULL) < 0)
		return false;
	c->scheme = "https";
	net_answer_done(out);
	*out = r;
	return true;
}

/* 502, 503, 504: what is in front answers, what is behind it is still starting. */
static bool is_busy(const struct net_answer *r)
{
	return r->status >= 502 && r->status <= 504;
}

/* The first request of a port: finds out what is spoken there. The service listens, but its workers may
 * come later: refused and closed connections are tried again, and so is a service that says so itself. */
static int get_first(struct crawl *c, uint64_t *began, struct net_answer *out, struct err *err)
{
	bool tls_tried = c->scheme != NULL;
	unsigned pause = FIRST_RETRY_MS, busy = 0;
	for (int retry = 0;; retry++, pause *= 2) {
		struct err e = {0};
		*began = clock_ms();
		int r = get(c, c->method, c->scheme ? c->scheme : "http", strset_get(&c->paths, 0), out, &e);
		/* how servers take plain HTTP on a TLS port: 400, an alert, or nothing */
		bool maybe_tls = r == 0 ? out->status == 400 : e.sys == EPROTO || was_closed(&e);
		if (maybe_tls && !tls_tried) {
			tls_tried = true;
			if (try_tls(c, out))
				return 0;
		}
		if (r == 0 && is_busy(out) && busy < RETRIES) {
			net_answer_done(out);
			retry = -1;
			pause = FIRST_RETRY_MS / 2;
			r = progress_wait(c->target->progress, FIRST_BUSY_MS << busy++, err);
			if (r < 0)
				return r;
			continue;
		}
		if (r == 0)
			return 0;
		bool again = was_closed(&e) || (e.code == ERR_SYS && e.sys == ECONNREFUSED);
		if (!again || retry == RETRIES) {
			if (e.code == ERR_PROTO || was_closed(&e))
				return err_set(err, ERR_PROTO, "http-not-spoken", "no HTTP spoken on port %u", c->port);
			if (err)
				*err = e;
			return r;
		}
		r = progress_wait(c->target->progress, pause, err);
		if (r < 0)
			return r;
	}
}

/* Queue what an answer refers to. */
static void follow(struct crawl *c, size_t id, const struct net_answer *r)
{
	const struct crawl_node node = c->nodes[id];
	CLEANUP_FREE char *page = url_of(c, c->scheme, strset_get(&c->paths, id));
	if (r->location[0]) {
		CLEANUP_FREE char *path = probe_crawl_resolve(page, NULL, r->location);
		if (path)
			crawl_add(c, path, node.depth, node.redirects + 1);
	}
	if (node.depth >= c->max_depth || c->paths.count >= c->max_pages)
		return;
	CLEANUP_CRAWL_LINKS struct probe_crawl_links links = {0};
	probe_crawl_links_find(r->content_type, r->body.data ? r->body.data : "", r->body.len, &links);
	for (size_t i = 0; i < links.refs.count; i++) {
		CLEANUP_FREE char *path = probe_crawl_resolve(page, links.base, links.refs.items[i]);
		if (path)
			crawl_add(c, path, node.depth + 1, 0);
	}
}

/* Get the first path of the crawl and what it leads to. An error is that of a cancelled request; every other is a
 * step. */
static int crawl_from(struct crawl *c, struct exercise_log *log, struct err *err)
{
	unsigned timeouts = 0;
	for (size_t id = 0; id < c->paths.count && timeouts < MAX_TIMEOUTS; id++) {
		const char *path = strset_get(&c->paths, id), *method = id == 0 ? c->method : "GET";
		struct net_answer answer = {0};
		struct err failure = {0};
		uint64_t began = clock_ms();
		int r = id == 0 ? get_first(c, &began, &answer, &failure)
				: get(c, method, c->scheme, path, &answer, &failure);
		if (r == 0 && !c->scheme)
			c->scheme = "http";
		if (r == -ERR_TIMEOUT && ++timeouts == MAX_TIMEOUTS)
			r = err_wrap(&failure, "the crawl of port %u ends here", c->port);
		log_step(c, method, path, began, &answer, r < 0 ? failure.msg : NULL, log);
		if (r == 0)
			follow(c, id, &answer);
		net_answer_done(&answer);
		if (r == -ERR_CANCELLED) {
			if (err)
				*err = failure;
			return r;
		}
	}
	return 0;
}

/* known: what the port was found to speak, kept for the next request to it. */
static int send_request(const struct probe_http_options *o, const struct probe_http_request *q,
			const struct exercise_target *t, struct net_exchange_client *client, uint16_t port,
			const char **known, struct exercise_log *log, struct err *err)
{
	CLEANUP(crawl_done)
	struct crawl c = {
	    .target = t,
	    .client = client,
	    .scheme = q->scheme ? q->scheme : *known,
	    .method = q->method,
	    .port = port,
	    .max_pages = o->max_pages,
	    .max_depth = q->crawl ? o->max_depth : 0,
	    .timeout_ms = o->timeout_ms,
	};
	crawl_add(&c, q->path, 0, 0);
	int r = crawl_from(&c, log, err);
	if (!q->scheme)
		*known = c.scheme;
	return r;
}

static int probe_port(const struct probe_http_options *o, const struct exercise_target *t,
		      struct net_exchange_client *client, uint16_t port, struct exercise_log *log, struct err *err)
{
	char root[] = "/";
	const struct probe_http_request usual = {.method = "GET", .path = root, .crawl = o->crawl};
	const char *known = NULL;
	int r = 0;
	for (size_t i = 0; r == 0 && i < o->n_requests; i++)
		r = send_request(o, &o->requests[i], t, client, port, &known, log, err);
	return o->n_requests ? r : send_request(o, &usual, t, client, port, &known, log, err);
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_http_options *o = ctx;
	/* Whatever certificate the service has, it is the right one: the network is the container's own. */
	const struct net_exchange_peer peer = {.insecure = true, .connect_timeout_ms = o->timeout_ms};
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *client = net_exchange_client_new(&peer);
	size_t n = o->n_ports ? o->n_ports : t->n_ports;
	int r = o->wait_ms ? progress_wait(t->progress, o->wait_ms, err) : 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = probe_port(o, t, client, o->n_ports ? o->ports[i] : t->ports[i].number, log, err);
	return r;
}

void probe_http(const struct probe_http_options *options, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_HTTP), .run = run, .ctx = (void *)options};
}
