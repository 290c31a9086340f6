#include "probe/ready.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/fetch.h"
#include "probe/command.h"
#include "probe/healthcheck.h"
#include "text/words.h"

#define FIRST_PAUSE_MS 10 /* then half as much again each time */
#define MOST_PAUSE_MS 500
#define REQUEST_MS 10000 /* of one try */

/* ---- reading ---- */

static int bad(const char *text, struct err *err)
{
	if (strstr(text, "://"))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--ready does not take a URL, because the service has its own network: write "
			       "http:PORT/PATH, not \"%s\"",
			       text);
	return err_set(
	    err, ERR_INVAL, "option-value-invalid",
	    "--ready takes http:[PORT]/PATH, https:[PORT]/PATH, tcp:PORT, log:REGEX, health or exec:CMD, not "
	    "\"%s\"",
	    text);
}

/* PORT, and what follows it. 0 = none. */
static uint16_t port_of(const char *text, const char **rest)
{
	char *end;
	unsigned long n = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
	if (n > 65535)
		n = 0;
	*rest = n ? end : text;
	return (uint16_t)n;
}

int probe_ready_parse(const char *text, struct probe_ready_check *out, struct err *err)
{
	static const struct {
		const char *name;
		enum probe_ready_kind kind;
	} kinds[] = {
	    {"http", PROBE_READY_HTTP}, {"https", PROBE_READY_HTTP},    {"tcp", PROBE_READY_TCP},
	    {"log", PROBE_READY_LOG},   {"health", PROBE_READY_HEALTH}, {"exec", PROBE_READY_EXEC},
	};
	size_t n = sizeof(kinds) / sizeof(kinds[0]), i = 0, len = strcspn(text, ":");
	while (i < n && (strlen(kinds[i].name) != len || strncmp(kinds[i].name, text, len) != 0))
		i++;
	if (i == n || (kinds[i].kind == PROBE_READY_HEALTH) != !text[len])
		return bad(text, err);
	struct probe_ready_check c = {.kind = kinds[i].kind, .text = text, .scheme = kinds[i].name};
	c.rest = text[len] ? text + len + 1 : "";
	if (c.kind == PROBE_READY_HTTP || c.kind == PROBE_READY_TCP)
		c.port = port_of(c.rest, &c.rest);
	bool fits = c.kind == PROBE_READY_HTTP  ? *c.rest == '/' || (c.port && !*c.rest)
		    : c.kind == PROBE_READY_TCP ? c.port && !*c.rest
						: c.kind == PROBE_READY_HEALTH || *c.rest;
	if (!fits || strstr(text, "://") == text + len || strpbrk(c.rest, "\r\n"))
		return bad(text, err);
	if (c.kind == PROBE_READY_HTTP && !*c.rest)
		c.rest = "/";
	*out = c;
	return 0;
}

/* ---- trying ---- */

/* One try; why: what came instead. Returns whether it holds, or ERR_CANCELLED. */
typedef int try_function(const struct probe_ready *r, const struct probe_ready_check *c,
			 const struct exercise_target *t, struct buf *why, struct err *err);

static int try_port(struct net_exchange_client *client, const struct probe_ready_check *c,
		    const struct exercise_target *t, uint16_t port, struct buf *why, struct err *err)
{
	CLEANUP_FREE char *authority = exercise_target_authority(t, port), *address = exercise_target_address(t, port);
	CLEANUP_FREE char *url = mem_printf("%s://%s%s", c->scheme, authority, c->rest);
	const struct net_fetch_request q = {.method = "GET",
					    .url = url,
					    .address = t->name ? address : NULL,
					    .timeout_ms = REQUEST_MS,
					    .max_body = LIMIT_ANSWER};
	struct net_answer answer = {0};
	struct err e = {0};
	int r = net_fetch(client, &q, t->progress, &answer, &e);
	int status = answer.status;
	net_answer_done(&answer);
	if (r == -ERR_CANCELLED) {
		if (err)
			*err = e;
		return r;
	}
	if (r < 0)
		buf_printf(why, "port %u: %s", port, e.msg);
	else
		buf_printf(why, "port %u answered with status %d", port, status);
	return r == 0 && status >= 200 && status < 400;
}

static int try_http(const struct probe_ready *ready, const struct probe_ready_check *c, const struct exercise_target *t,
		    struct buf *why, struct err *err)
{
	const struct net_exchange_peer peer = {.insecure = true, .connect_timeout_ms = REQUEST_MS};
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *client = net_exchange_client_new(&peer);
	if (c->port)
		return try_port(client, c, t, c->port, why, err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < t->n_ports; i++) {
		buf_str(why, i ? "; " : "");
		r = try_port(client, c, t, t->ports[i].number, why, err);
	}
	if (!t->n_ports)
		buf_str(why, "no port listens");
	return r;
}

static int try_argv(const struct strlist *argv, const struct exercise_target *t, struct buf *why, struct err *err)
{
	struct err e = {0};
	int status = -1, r = t->exec(t->exec_ctx, argv->items, &status, NULL, &e);
	if (r == -ERR_CANCELLED) {
		if (err)
			*err = e;
		return r;
	}
	if (r < 0)
		buf_str(why, e.msg);
	else
		buf_printf(why, "it exited with status %d", status);
	return r == 0 && status == 0;
}

static int try_exec(const struct probe_ready *ready, const struct probe_ready_check *c, const struct exercise_target *t,
		    struct buf *why, struct err *err)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	int r = words_command(c->rest, "/bin/sh", &argv, err);
	return r < 0 ? r : try_argv(&argv, t, why, err);
}

static int try_health(const struct probe_ready *ready, const struct probe_ready_check *c,
		      const struct exercise_target *t, struct buf *why, struct err *err)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	CLEANUP_BUF struct buf what = {0};
	if (!ready->healthcheck || !probe_healthcheck_argv(ready->healthcheck, &argv, &what))
		return err_set(err, ERR_INVAL, "healthcheck-missing",
			       "--ready health: the image has no health check; use another one, such as tcp:PORT");
	return try_argv(&argv, t, why, err);
}

static try_function *const tries[] = {
    [PROBE_READY_HTTP] = try_http,
    [PROBE_READY_HEALTH] = try_health,
    [PROBE_READY_EXEC] = try_exec,
};

/* ---- waiting ---- */

static void log_check(const struct probe_ready_check *c, uint64_t began, const char *error, struct exercise_log *log)
{
	struct exercise_step step = {
	    .kind = EXERCISE_READY,
	    .what = mem_strdup(c->text),
	    .status = error ? -1 : 0,
	    .ms = (uint32_t)(clock_ms() - began),
	    .error = mem_strdup(error),
	};
	exercise_log_add(log, &step);
}

static int await(const struct probe_ready *ready, const struct probe_ready_check *c, const struct exercise_target *t,
		 struct exercise_log *log, struct err *err)
{
	const uint64_t began = clock_ms();
	struct err e = {0};
	int r;
	for (unsigned pause = FIRST_PAUSE_MS;; pause += pause / 2) {
		CLEANUP_BUF struct buf why = {0};
		if (t->look)
			t->look(t->exec_ctx);
		r = tries[c->kind](ready, c, t, &why, &e);
		if (r != 0)
			break;
		if (clock_ms() >= t->ready_until) {
			r = err_set(&e, ERR_UNPROVEN, "service-not-ready",
				    "the service was not ready in time: %s did not succeed within %.1f s (%s); see "
				    "--ready-timeout",
				    c->text, (double)(clock_ms() - began) / 1000, why.len ? why.data : "nothing came");
			break;
		}
		if ((r = progress_wait(t->progress, pause < MOST_PAUSE_MS ? pause : MOST_PAUSE_MS, &e)) < 0)
			break;
		pause = pause < MOST_PAUSE_MS ? pause : MOST_PAUSE_MS;
	}
	log_check(c, began, r < 0 ? e.msg : NULL, log);
	if (r < 0 && err)
		*err = e;
	return r < 0 ? r : 0;
}

static bool is_exercise(const struct probe_ready_check *c)
{
	return c->kind != PROBE_READY_TCP && c->kind != PROBE_READY_LOG;
}

bool probe_ready_asks(const struct probe_ready *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (is_exercise(&r->checks[i]))
			return true;
	return false;
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_ready *ready = ctx;
	int r = 0;
	for (size_t i = 0; r == 0 && i < ready->n; i++)
		if (is_exercise(&ready->checks[i]))
			r = await(ready, &ready->checks[i], t, log, err);
	return r;
}

void probe_ready(const struct probe_ready *r, struct exercise *out)
{
	*out = (struct exercise){
	    .name = exercise_kind_name(EXERCISE_READY), .run = run, .ctx = (void *)r, .is_readiness = true};
}
