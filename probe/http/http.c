#include "probe/probe.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/fetch.h"
#include "probe/client/table.h"
#include "probe/contact/contact.h"
#include "probe/crawl/crawl.h"
#include "probe/crawl/extras.h"
#include "probe/crawl/step.h"

#define QUICK_MS 500 /* a service that takes longer to say that it has no such page is not asked for guesses */

/* The probe of one port, in a thread of its own: one that is slow to answer is waited for beside the others. The ports
 * take turns otherwise, and log only then, so that a service gets the same requests in the same order in each run. */
struct port_probe {
	struct http_probe *probe;
	uint16_t port;
	pthread_t thread;
	bool foreign; /* it speaks no HTTP */
	bool has_turn;
	struct err err;
	bool slow, done; /* under the lock */
};

/* All ports. */
struct http_probe {
	const struct probe_http_options *options;
	const struct exercise_target *target;
	struct exercise_log *log; /* of whose turn it is */
	uint64_t until;
	_Atomic bool settled;
	struct port_probe **ports; /* in the order of their start; the first joined ones have ended */
	size_t count, joined, cap;
	pthread_mutex_t lock; /* of all below, and of a port's slow and done */
	pthread_cond_t changed;
	bool taken; /* the turn */
};

/* ---- turns ---- */

static void take_turn(struct port_probe *p)
{
	struct http_probe *h = p->probe;
	pthread_mutex_lock(&h->lock);
	while (!p->has_turn && h->taken)
		pthread_cond_wait(&h->changed, &h->lock);
	p->has_turn = h->taken = true;
	pthread_mutex_unlock(&h->lock);
}

/* also: set under the lock. */
static void leave_turn(struct port_probe *p, bool *also)
{
	struct http_probe *h = p->probe;
	pthread_mutex_lock(&h->lock);
	if (p->has_turn)
		p->has_turn = h->taken = false;
	*also = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

/* ---- one port ---- */

static const char *start_of(const struct port_probe *p)
{
	const char *start = p->probe->options->start;
	return start ? start : "/";
}

/* The request to make contact with. */
struct first {
	struct port_probe *port;
	const struct probe_site *site;
};

static int send_first(void *ctx, const char *scheme, const struct net_fetch_watch *watch, struct net_answer *out,
		      struct err *err)
{
	const struct first *f = ctx;
	CLEANUP_FREE char *url = probe_site_url(f->site, scheme, start_of(f->port));
	CLEANUP_FREE char *address = probe_site_address(f->site);
	const struct net_fetch_request q = {.method = "GET",
					    .url = url,
					    .address = address,
					    .timeout_ms = f->site->timeout_ms,
					    .watch = watch,
					    .max_body = LIMIT_HTTP_BODY};
	return net_fetch(f->site->client, &q, f->site->target->progress, out, err);
}

static void on_slow(void *ctx)
{
	const struct first *f = ctx;
	leave_turn(f->port, &f->port->slow);
}

/* GET /, after which site->scheme is known if it was answered. */
static int make_contact(struct port_probe *p, struct probe_site *site, uint64_t *began, struct net_answer *out,
			struct err *err)
{
	struct first first = {p, site};
	struct probe_contact contact = {
	    .target = site->target,
	    .host = site->host,
	    .port = p->port,
	    .scheme = p->probe->options->scheme,
	    .settled = &p->probe->settled,
	    .send = send_first,
	    .slow = on_slow,
	    .ctx = &first,
	};
	int r = probe_contact_make(&contact, began, out, err);
	site->scheme = contact.scheme;
	p->foreign = contact.foreign;
	return r;
}

/* Uses the service as a client of the port's own protocol. False if that fails, too: its steps do not count then. */
static bool use_client(struct port_probe *p, struct err *err)
{
	const struct probe_client_row *row = probe_client_usual(p->port);
	struct exercise_log log = {0};
	if (!row)
		return false;
	int r = probe_client_run(row, NULL, p->probe->target, p->port, &log, err);
	for (size_t i = 0; r == 0 && i < log.count; i++) {
		exercise_log_add(p->probe->log, &log.steps[i]);
		log.steps[i] = (struct exercise_step){0};
	}
	exercise_log_done(&log);
	return r == 0;
}

/* What follows the answer to GET /. An error is that of a cancelled run. */
static int explore(struct port_probe *p, struct probe_crawl *crawl, const struct net_answer *answer, struct err *err)
{
	struct probe_no_page no_page;
	int r = 0;
	if (p->probe->options->crawl) {
		r = probe_extras_run(&crawl->site, answer, &no_page, p->probe->log, err);
		crawl->no_page = no_page.status;
		/* a service with an answer to everything would make every guess right */
		if (no_page.status >= 400 && no_page.ms < QUICK_MS)
			crawl->routes = p->probe->options->routes;
	}
	return r ? r : probe_crawl_run(crawl, start_of(p), answer, p->probe->log, err);
}

/* An error is that of a cancelled run. */
static int crawl_site(struct port_probe *p, struct probe_site *site, struct err *err)
{
	const struct probe_http_options *o = p->probe->options;
	struct probe_crawl crawl = {
	    .max_pages = o->max_pages,
	    .max_depth = o->crawl ? o->max_depth : 0,
	    .until = p->probe->until,
	    .max_seconds = o->max_ms / 1000,
	};
	CLEANUP_FREE char *what = mem_printf("GET %s", start_of(p));
	struct probe_step step = {.what = what, .port = p->port};
	struct net_answer answer = {0};
	struct err failure = {0};
	if (!o->max_pages)
		return 0;
	int r = make_contact(p, site, &step.began, &answer, &failure);
	take_turn(p);
	if (p->foreign && use_client(p, &(struct err){0}))
		return 0;
	probe_step_log(&step, &answer, r < 0 ? failure.msg : NULL, p->probe->log);
	if (r == 0) {
		crawl.site = *site;
		r = explore(p, &crawl, &answer, &failure);
	}
	net_answer_done(&answer);
	if (r != -ERR_CANCELLED)
		return 0;
	*err = failure;
	return r;
}

static int probe_port(struct port_probe *p, struct err *err)
{
	const struct probe_http_options *o = p->probe->options;
	/* Accept any certificate: the network is the container's own. */
	const struct net_exchange_peer peer = {.insecure = true, .cookies = true, .connect_timeout_ms = o->timeout_ms};
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *client = net_exchange_client_new(&peer);
	struct probe_site site = {.target = p->probe->target,
				  .client = client,
				  .host = exercise_target_host(p->probe->target, p->port),
				  .port = p->port,
				  .timeout_ms = o->timeout_ms};
	return crawl_site(p, &site, err);
}

static void *perform(void *arg)
{
	struct port_probe *p = arg;
	take_turn(p);
	(void)probe_port(p, &p->err); /* p->err tells */
	leave_turn(p, &p->done);
	return NULL;
}

/* ---- all ports ---- */

static bool has_port(const struct http_probe *h, uint16_t port)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->ports[i]->port == port)
			return true;
	return false;
}

static struct port_probe *add_port(struct http_probe *h, uint16_t port)
{
	struct port_probe *p = mem_alloc(sizeof(*p));
	*p = (struct port_probe){.probe = h, .port = port};
	h->ports = mem_grow(h->ports, h->count, &h->cap, sizeof(struct port_probe *));
	return h->ports[h->count++] = p;
}

/* Starts the port's probe and waits until it ends, or the service takes its time. */
static int start(struct http_probe *h, uint16_t port, struct err *err)
{
	struct port_probe *p = add_port(h, port);
	int e = pthread_create(&p->thread, NULL, perform, p);
	if (e) {
		h->count--;
		free(p);
		return err_sys(err, e, "thread-start", "cannot start the probe of port %u", port);
	}
	pthread_mutex_lock(&h->lock);
	while (!p->done && !p->slow)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
	return 0;
}

/* Waits for all that were started. Returns r, or the first of their errors. */
static int finish(struct http_probe *h, int r, struct err *err)
{
	for (; h->joined < h->count; h->joined++) {
		struct port_probe *p = h->ports[h->joined];
		pthread_join(p->thread, NULL);
		if (r == 0 && p->err.code) {
			r = -(int)p->err.code;
			if (err)
				*err = p->err;
		}
	}
	return r;
}

static bool is_other(const struct http_probe *h, uint16_t port)
{
	for (size_t i = 0; i < h->options->n_others; i++)
		if (h->options->others[i] == port)
			return true;
	return false;
}

/* All ports of the target that were not probed yet. */
static int probe_new(struct http_probe *h, struct err *err)
{
	const struct exercise_target *t = h->target;
	int r = 0;
	for (size_t i = 0; r == 0 && i < t->n_ports; i++)
		if (!has_port(h, t->ports[i].number) && !is_other(h, t->ports[i].number))
			r = start(h, t->ports[i].number, err);
	return finish(h, r, err);
}

/* And those that began to listen while the others were probed: a service opens one after the other. */
static int probe_target(struct http_probe *h, struct err *err)
{
	const struct exercise_target *t = h->target;
	size_t before;
	int r;
	do {
		before = h->count;
		r = probe_new(h, err);
		if (r == 0 && t->look)
			t->look(t->exec_ctx);
	} while (r == 0 && t->look && h->count > before);
	return r;
}

static int probe_named(struct http_probe *h, struct err *err)
{
	const struct probe_http_options *o = h->options;
	int r = 0;
	for (size_t i = 0; r == 0 && i < o->n_ports; i++)
		r = start(h, o->ports[i], err);
	return finish(h, r, err);
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_http_options *o = ctx;
	int r = o->wait_ms ? progress_wait(t->progress, o->wait_ms, err) : 0;
	struct http_probe h = {
	    .options = o,
	    .target = t,
	    .log = log,
	    .until = o->max_ms ? clock_ms() + o->max_ms : UINT64_MAX,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .changed = PTHREAD_COND_INITIALIZER,
	};
	if (r == 0)
		r = o->n_ports ? probe_named(&h, err) : probe_target(&h, err);
	for (size_t i = 0; i < h.count; i++)
		free(h.ports[i]);
	free(h.ports);
	return r;
}

void probe_http(const struct probe_http_options *options, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_HTTP), .run = run, .ctx = (void *)options};
}
