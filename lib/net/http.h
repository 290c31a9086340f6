/* net/http.h - one HTTP request at a time on libcurl, everything from the peer capped.
 * Spec: RFC 9110. Connections are kept alive between requests of one client. Never follows redirects by
 * itself, never uses a proxy or another scheme than http and https. Not thread-safe per client; a client's
 * sockets are made in the network namespace of the calling thread. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"

struct http_client;
struct http_client *http_client_new(void);
void http_client_free(struct http_client *c);

struct http_request {
	const char *method; /* "GET" */
	const char *url;
	unsigned timeout_ms;         /* of the whole exchange; 0 = none */
	unsigned connect_timeout_ms; /* of it, until the connection stands, TLS included; 0 = 300 s */
	uint64_t max_body; /* bytes kept; the rest is read, counted and dropped up to 64 times that, then refused */
};

struct http_response {
	int status;
	char content_type[128]; /* "" if absent */
	char location[2048];    /* of a redirect, "" if absent */
	struct buf body;        /* decoded (gzip, deflate) */
	uint64_t body_bytes;    /* all of it */
	uint32_t ms;
};

/* ERR_PROTO: the answer is not HTTP (sys: EPROTO when it is TLS), or is cut off; ERR_TIMEOUT; ERR_LIMIT: header or body
 * too large; ERR_SYS: no connection, or closed before the first byte of an answer (sys: ECONNREFUSED, ECONNRESET, ...);
 * ERR_INVAL: not an http or https URL; ERR_CANCELLED. The message does not name the URL. https certificates
 * are not verified. */
int http_client_do(struct http_client *c, const struct http_request *q, const struct progress *progress,
		   struct http_response *out, struct err *err) MUST_CHECK;
void http_response_done(struct http_response *r);
