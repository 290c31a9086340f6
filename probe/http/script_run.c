#include <stdlib.h>
#include <string.h>

#include "exercise/variant.h"
#include "probe/http/order.h"
#include "probe/http/session.h"

#define MAX_REDIRECTS 10

/* ---- one request ---- */

/* Goes where the answer leads, on the same port, each a step of its own. */
static int follow(struct probe_session *s, struct probe_port *port, const struct probe_request *q, char *path,
		  struct err *err)
{
	char get[] = "GET";
	int r = 0;
	for (unsigned i = 0; path && r == 0 && i < MAX_REDIRECTS; i++) {
		const struct probe_request next = {.method = get,
						   .path = path,
						   .scheme = q->scheme,
						   .host = q->host,
						   .socket = q->socket,
						   .protocol = q->protocol,
						   .headers = q->headers,
						   .user = q->user,
						   .password = q->password,
						   .bearer = q->bearer,
						   .cert_file = q->cert_file,
						   .key_file = q->key_file,
						   .timeout_ms = q->timeout_ms};
		struct probe_attempt a;
		probe_attempt_make(s, s->client, port, &next, &s->variables, &a);
		char *leads_to = a.redirect;
		a.redirect = NULL;
		r = -(int)a.fatal.code;
		if (r < 0 && err)
			*err = a.fatal;
		probe_attempt_log(&a, s);
		free(path);
		path = leads_to;
	}
	free(path);
	return r;
}

/* The first time that a request goes to a port. *foreign: it speaks no HTTP. */
static int send_once(struct probe_session *s, struct probe_port *port, const struct probe_request *q, bool *foreign,
		     struct err *err)
{
	struct probe_attempt a;
	probe_attempt_make(s, s->client, port, q, &s->variables, &a);
	CLEANUP_PROBE_MESSAGE struct probe_message message = a.message;
	CLEANUP_NET_ANSWER struct net_answer answer = a.answer;
	char *path = a.redirect;
	a.redirect = NULL;
	a.message = (struct probe_message){0};
	a.answer = (struct net_answer){0};
	*foreign = a.http_not_spoken;
	int r = -(int)a.fatal.code;
	if (r < 0 && err)
		*err = a.fatal;
	strlist_done(&s->variables);
	s->variables = a.variables;
	a.variables = (struct strlist){0};
	if (*foreign && !q->port && s->n_passes > 1) {
		free(a.step.unexpected); /* another port may be the one that is meant */
		a.step.unexpected = NULL;
	}
	probe_attempt_log(&a, s);
	if (r == 0 && q->crawl) {
		free(path); /* the crawl goes there */
		return message.request ? probe_session_crawl(s, port, &message, &answer, err) : 0;
	}
	return r < 0 ? (free(path), r) : follow(s, port, q, path, err);
}

/* *foreign: the port speaks no HTTP. */
static int perform(struct probe_session *s, struct probe_port *port, const struct probe_request *q, bool *foreign,
		   struct err *err)
{
	unsigned n = q->crawl ? 1 : q->repeat ? q->repeat : q->concurrency > 1 ? q->concurrency : 1;
	int r = 0;
	*foreign = false;
	if (n == 1 || !probe_port_is_known(port, q)) {
		r = send_once(s, port, q, foreign, err);
		n--;
	}
	if (r < 0 || !n || *foreign)
		return r;
	CLEANUP_FREE const struct probe_request **same = mem_calloc(n, sizeof(*same));
	for (unsigned i = 0; i < n; i++)
		same[i] = q;
	return probe_session_send(s, port, same, n, q->concurrency > 1 ? q->concurrency : 1, NULL, err);
}

static bool are_known(const struct probe_port *port, const struct probe_request *const *requests, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!probe_port_is_known(port, requests[i]))
			return false;
	return true;
}

/* A group (order.h) of n requests, in the variant's order. */
static int perform_group(struct probe_session *s, struct probe_port *port, const struct probe_request *group, size_t n,
			 bool *foreign, struct err *err)
{
	CLEANUP_FREE size_t *order = mem_calloc(n, sizeof(*order));
	CLEANUP_FREE const struct probe_request **requests = mem_calloc(n, sizeof(*requests));
	CLEANUP_FREE char **redirects = mem_calloc(n, sizeof(*redirects));
	const unsigned variant = s->target->variant;
	size_t done = 0;
	int r = 0;
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	exercise_variant_order(variant, order, n);
	for (size_t i = 0; i < n; i++)
		requests[i] = &group[order[i]];
	for (; r == 0 && !*foreign && done < n && !are_known(port, requests + done, n - done); done++)
		r = perform(s, port, requests[done], foreign, err);
	if (r < 0 || *foreign || done == n)
		return r;
	r = probe_session_send(s, port, requests + done, n - done, exercise_variant_workers(variant), redirects, err);
	for (size_t i = 0; i < n - done; i++) {
		if (r == 0)
			r = follow(s, port, requests[done + i], redirects[i], err);
		else
			free(redirects[i]);
	}
	return r;
}

/* ---- all of them ---- */

/* The requests that go to this port. with_others: those to ports and sockets of their own, too. */
static int run_port(struct probe_session *s, uint16_t number, bool with_others, struct err *err)
{
	const struct probe_script *script = s->options->script;
	bool is_foreign = false;
	int r = 0;
	for (size_t i = 0, n; i < script->count && r == 0; i += n) {
		const struct probe_request *q = &script->requests[i];
		const bool own = q->port || q->socket;
		bool foreign = false;
		n = s->target->variant ? probe_order_group(q, script->count - i) : 1;
		if ((r = progress_step(s->target->progress, "exercise", i, script->count, "requests", err)) < 0)
			break;
		if (own ? !with_others : !number || is_foreign)
			continue;
		struct probe_port *port = probe_session_port(s, own ? q->port : number, q->socket);
		r = n > 1 ? perform_group(s, port, q, n, &foreign, err) : perform(s, port, q, &foreign, err);
		is_foreign |= foreign && !own;
	}
	return r;
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_script_options *o = ctx;
	CLEANUP_PROBE_SESSION struct probe_session s = {0};
	probe_session_init(&s, o, t, log);
	int r = o->wait_ms ? progress_wait(t->progress, o->wait_ms, err) : 0;
	if (r == 0 && s.n_passes == 0)
		r = run_port(&s, 0, true, err);
	for (size_t i = 0; i < s.n_passes && r == 0; i++) {
		if (i)
			probe_session_new_client(&s);
		r = run_port(&s, o->n_ports ? o->ports[i] : t->ports[i].number, i == 0, err);
	}
	return r;
}

void probe_script(const struct probe_script_options *options, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_HTTP), .run = run, .ctx = (void *)options};
}
