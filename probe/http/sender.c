#include "probe/http/sender.h"

#include <string.h>

#include "base/limits.h"

static char *address_of(const struct probe_sending *s)
{
	bool v6 = strchr(s->target->host, ':');
	return mem_printf("%s%s%s:%u", v6 ? "[" : "", s->target->host, v6 ? "]" : "", s->port);
}

char *probe_sending_url(const struct probe_sending *s, const struct probe_request *q, const char *path)
{
	CLEANUP_FREE char *address = address_of(s);
	return mem_printf("%s://%s%s", s->scheme, q->host ? q->host : address, path);
}

static enum net_fetch_version version_of(const struct probe_request *q)
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
	CLEANUP_FREE char *address = address_of(s);
	CLEANUP_FREE char *url = probe_sending_url(s, q, m->path);
	const struct net_fetch_request f = {
	    .method = q->method,
	    .url = url,
	    .address = q->host ? address : NULL,
	    .version = version_of(q),
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

const struct probe_sender *probe_sender_of(enum probe_protocol protocol)
{
	static const struct probe_sender senders[] = {
	    [PROBE_HTTP] = {send_http, true, "HTTP"},    [PROBE_HTTP1] = {send_http, true, "HTTP/1.1"},
	    [PROBE_HTTP2] = {send_http, true, "HTTP/2"}, [PROBE_WEBSOCKET] = {NULL, true, "WebSocket"},
	    [PROBE_FASTCGI] = {NULL, false, "FastCGI"},
	};
	return &senders[protocol];
}
