/* net/exchange.h - HTTP with registries and engines, on libcurl: bodies streamed both ways, certificates checked, all
 * that the peer decides capped. Never follows a redirect by itself, speaks no scheme but http and https. (net/http.h is
 * the probe's, which talks to a container.) Spec: RFC 9110. Lifetime: a client keeps its connections; it makes one
 * exchange at a time and is for one thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/progress.h"
#include "base/strlist.h"

#define EXCHANGE_ANY_SIZE UINT64_MAX

/* How the peer is reached. Strings and lists are copied. */
struct exchange_peer {
	const char *unix_socket; /* its path; the URL's host is then only a name. NULL = TCP */
	/* A connected stream socket instead (ssh to an engine), owned by the caller of it; for http only; NULL = none.
	 */
	int (*dial)(void *ctx, struct err *err);
	void *dial_ctx;
	bool insecure;                    /* certificates are not checked */
	const struct strlist *ca_files;   /* PEM, beside the system's; NULL = none */
	const char *cert_file, *key_file; /* of the client, PEM; NULL = none */
	bool proxies; /* those of the environment (http_proxy, https_proxy, all_proxy, no_proxy) are used, but never for
			 a loopback address: that is nothing a proxy can reach */
	unsigned connect_timeout_ms; /* 0 = 30 s */
	unsigned idle_timeout_ms;    /* no byte in either direction for so long; 0 = 60 s */
};

struct exchange_client;
struct exchange_client *exchange_client_new(const struct exchange_peer *peer);
void exchange_client_free(struct exchange_client *c);
static inline void exchange_client_freep(struct exchange_client **c)
{
	exchange_client_free(*c);
}
#define CLEANUP_EXCHANGE_CLIENT CLEANUP(exchange_client_freep)

struct exchange_request {
	const char *method;
	const char *url;
	const struct strlist *headers; /* "Name: value"; NULL = none. Values are secrets: they are never logged */
	/* A body, read while it is sent: body_size bytes of it or up to its end, errors of it are returned as they are.
	 * Not closed, and in use until exchange_close: an answer may come before it is sent, then exchange_read goes on
	 * with it. From 16 KiB on it waits (a second at most) for 100 Continue. Never sent twice. NULL = none. */
	struct io_reader *body;
	uint64_t body_size;         /* EXCHANGE_ANY_SIZE: sent in chunks */
	unsigned answer_timeout_ms; /* after the request is sent, until the header of the answer is there; 0 =
				       idle_timeout_ms. An engine's export or load takes long to begin */
};

/* An answer whose body is still coming. */
struct exchange;

/* Sends and waits for the header of the final answer (an early answer to an upload is one too). progress is copied.
 * Errors as those of net/http.h; the messages name host and port, never a path, query or header. ERR_PROTO has sys
 * EPROTO where TLS met plain HTTP or the reverse, ECONNRESET where the connection broke in the middle (retry_error).
 * ERR_DENIED: the certificate is not trusted (the message says why and names --tls-verify=false and certs.d), ours is
 * not accepted, or the proxy refuses. */
int exchange_open(struct exchange_client *c, const struct exchange_request *q, const struct progress *progress,
		  struct exchange **out, struct err *err) MUST_CHECK;
int exchange_status(const struct exchange *x);
/* The first header of that name; NULL = there is none. Lives as long as x. */
const char *exchange_header(const struct exchange *x, const char *name);
/* All of them; false once there is no nth. */
bool exchange_header_nth(const struct exchange *x, const char *name, size_t nth, const char **value);
/* Content-Length; EXCHANGE_ANY_SIZE when it is not said. */
uint64_t exchange_size(const struct exchange *x);
/* Body, not decoded; 0 at the end. A body that ends before Content-Length is ERR_PROTO. Memory: at most 256 KiB of it.
 */
ssize_t exchange_read(struct exchange *x, void *data, size_t n, struct err *err) MUST_CHECK;
/* All the rest of it; more than max bytes is ERR_LIMIT. */
int exchange_read_all(struct exchange *x, size_t max, struct buf *out, struct err *err) MUST_CHECK;
/* x as a reader, which owns it from then on. */
struct io_reader exchange_reader(struct exchange *x);
void exchange_close(struct exchange *x);
/* closed is called once, at the end of exchange_close, when the client is free for the next exchange (and may be given
 * to another thread). */
void exchange_on_close(struct exchange *x, void (*closed)(void *ctx), void *ctx);
static inline void exchange_closep(struct exchange **x)
{
	exchange_close(*x);
}
#define CLEANUP_EXCHANGE CLEANUP(exchange_closep)
