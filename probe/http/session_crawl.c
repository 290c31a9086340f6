#include <string.h>
#include <strings.h>

#include "probe/crawl/crawl.h"
#include "probe/http/session.h"

/* The headers that say who asks, not what is sent. */
static void headers_of(const struct probe_message *m, struct strlist *out)
{
	for (size_t i = 0; i < m->headers.count; i++)
		if (strncasecmp(m->headers.items[i], "Content-", strlen("Content-")) != 0)
			strlist_add(out, m->headers.items[i]);
}

int probe_session_crawl(struct probe_session *s, struct probe_port *port, const struct probe_message *m,
			const struct net_answer *answer, struct err *err)
{
	const struct probe_http_options *o = s->options->crawl;
	const struct probe_request *q = m->request;
	const char *scheme = q->scheme ? q->scheme : port->scheme;
	CLEANUP_STRLIST struct strlist headers = {0};
	if (!o || q->protocol == PROBE_WEBSOCKET || q->protocol == PROBE_FASTCGI)
		return 0;
	headers_of(m, &headers);
	struct probe_crawl crawl = {
	    .site = {.target = s->target,
		     .client = s->client,
		     .host = exercise_target_host(s->target, port->number),
		     .port = port->number,
		     .scheme = scheme ? scheme : "http",
		     .timeout_ms = s->options->timeout_ms,
		     .authority = q->host        ? q->host
				  : port->socket ? "localhost"
						 : NULL,
		     .version = probe_sender_version(q),
		     .headers = &headers,
		     .cert_file = q->cert_file,
		     .key_file = q->key_file,
		     .unix_socket = port->socket ? port->way : NULL},
	    .max_pages = o->max_pages,
	    .max_depth = o->max_depth,
	    .until = s->crawl_until,
	    .max_seconds = o->max_ms / 1000,
	};
	int r = probe_crawl_run(&crawl, m->path, answer, s->log, err);
	for (size_t i = 0; i < headers.count; i++)
		explicit_bzero(headers.items[i], strlen(headers.items[i]));
	return r;
}
