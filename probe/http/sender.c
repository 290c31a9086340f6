#include "probe/http/sender.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "probe/http/expect.h"
#include "probe/wire/carrier.h"
#include "probe/wire/plain.h"
#include "probe/wire/reach.h"

char *probe_sending_url(const struct probe_sending *s, const struct probe_request *q, const char *path)
{
	CLEANUP_FREE char *authority =
	    s->socket ? mem_strdup("localhost") : exercise_target_authority(s->target, s->port);
	return mem_printf("%s://%s%s", s->scheme, q->host ? q->host : authority, path);
}

enum net_fetch_version probe_sender_version(const struct probe_request *q)
{
	switch (q->protocol) {
	case PROBE_HTTP1:
		return NET_FETCH_HTTP1;
	case PROBE_HTTP2:
		return NET_FETCH_HTTP2;
	default:
		return NET_FETCH_ANY;
	}
}

static int send_http(const struct probe_sending *s, const struct probe_message *m, struct net_answer *out,
		     struct err *err)
{
	const struct probe_request *q = m->request;
	CLEANUP_FREE char *address = exercise_target_address(s->target, s->port);
	CLEANUP_FREE char *url = probe_sending_url(s, q, m->path);
	const struct net_fetch_request f = {
	    .method = q->method,
	    .url = url,
	    .address = q->host || s->target->name ? address : NULL,
	    .unix_socket = s->unix_socket,
	    .version = probe_sender_version(q),
	    .headers = &m->headers,
	    .body = m->has_body ? &m->body : NULL,
	    .cert_file = q->cert_file,
	    .key_file = q->key_file,
	    .timeout_ms = s->timeout_ms,
	    .watch = s->watch,
	    .max_body = LIMIT_HTTP_BODY,
	};
	return net_fetch(s->client, &f, s->target->progress, out, err);
}

/* ---- what another protocol carries ---- */

/* The errors of a connection as net_fetch has them: they tell whether another try, or TLS, is worth it. */
static int error_as_of_fetch(const struct err *e, struct err *err)
{
	struct err own = *e;
	if (strcmp(e->id, "wire-ended") == 0) {
		own.code = ERR_SYS;
		own.sys = ECONNRESET;
	}
	if (strcmp(e->id, "websocket-not-http") == 0)
		own.sys = EPROTO;
	if (err)
		*err = own;
	return -(int)own.code;
}

static void copy_header(char *out, size_t size, const char *value)
{
	if (value && strlen(value) < size)
		snprintf(out, size, "%s", value);
}

static int carry(int (*send)(const struct exercise_target *, const struct probe_carrier_request *,
			     struct probe_carrier_answer *, struct err *),
		 const struct probe_sending *s, const struct probe_message *m, struct net_answer *out, struct err *err)
{
	CLEANUP_FREE char *name = s->target->name ? exercise_target_authority(s->target, s->port) : NULL;
	const struct probe_carrier_request q = {
	    .method = m->request->method,
	    .path = m->path,
	    .host = m->request->host ? m->request->host
		    : s->socket      ? "localhost"
				     : name,
	    .headers = &m->headers,
	    .params = &m->request->params,
	    .body = m->has_body ? &m->body : NULL,
	    .port = s->port,
	    .socket = s->socket,
	    .cert_file = m->request->cert_file,
	    .key_file = m->request->key_file,
	    .tls = s->scheme && strcmp(s->scheme, "https") == 0,
	    .timeout_ms = s->timeout_ms,
	};
	CLEANUP_CARRIER_ANSWER struct probe_carrier_answer a = {0};
	struct err e = {0};
	int r = send(s->target, &q, &a, &e);
	if (r < 0)
		return error_as_of_fetch(&e, err);
	*out =
	    (struct net_answer){.status = a.status, .headers = a.headers, .body = a.body, .body_bytes = a.body_bytes};
	copy_header(out->content_type, sizeof(out->content_type), probe_carrier_header(&a, "Content-Type"));
	copy_header(out->location, sizeof(out->location), probe_carrier_header(&a, "Location"));
	a = (struct probe_carrier_answer){0}; /* out has all of it */
	return 0;
}

static int send_websocket(const struct probe_sending *s, const struct probe_message *m, struct net_answer *out,
			  struct err *err)
{
	return carry(probe_websocket, s, m, out, err);
}

static int send_fastcgi(const struct probe_sending *s, const struct probe_message *m, struct net_answer *out,
			struct err *err)
{
	return carry(probe_fastcgi, s, m, out, err);
}

/* ---- bytes alone ---- */

static bool is_enough(void *ctx, const void *data, size_t n)
{
	const struct net_answer a = {.body = {.data = (char *)(uintptr_t)data, .len = n}};
	CLEANUP_FREE char *fault = probe_expect_fault(ctx, &a);
	return !fault;
}

static int send_tcp(const struct probe_sending *s, const struct probe_message *m, struct net_answer *out,
		    struct err *err)
{
	const struct probe_plain plain = {
	    .data = m->body.data,
	    .n = m->body.len,
	    .is_enough = m->request->n_checks ? is_enough : NULL,
	    .ctx = (void *)(uintptr_t)m->request,
	};
	CLEANUP_WIRE struct probe_wire w = {.fd = -1};
	struct err e = {0};
	int r = probe_wire_reach(&w, s->target, s->port, NULL, s->timeout_ms, PROBE_WIRE_UP_MS, &e);
	if (r < 0) {
		e.sys = 0; /* no further try: this one waited for the service */
		if (err)
			*err = e;
		return r;
	}
	if ((r = probe_plain_over(&w, &plain, err)) < 0)
		return r;
	*out = (struct net_answer){.status = 200, .body_bytes = probe_wire_size(&w)};
	buf_append(&out->body, probe_wire_data(&w), probe_wire_size(&w));
	return 0;
}

const struct probe_sender *probe_sender_of(enum probe_protocol protocol)
{
	static const struct probe_sender senders[] = {
	    [PROBE_HTTP] = {send_http, true},        [PROBE_HTTP1] = {send_http, true},
	    [PROBE_HTTP2] = {send_http, true},       [PROBE_WEBSOCKET] = {send_websocket, true},
	    [PROBE_FASTCGI] = {send_fastcgi, false}, [PROBE_TCP] = {send_tcp, false},
	};
	return &senders[protocol];
}
