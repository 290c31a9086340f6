/* net/exchange.h - HTTP on libcurl: bodies streamed both ways, certificates checked, all that the peer decides capped.
 * Never follows a redirect by itself, speaks no scheme but http and https. (net/fetch.h takes a whole answer at once.)
 * Spec: RFC 9110. Lifetime: a client keeps its connections; it makes one exchange at a time and is for one thread, in
 * whose network namespace its sockets are made. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/progress.h"
#include "net/exchange_request.h"

struct exchange_client;
struct exchange_client *exchange_client_new(const struct exchange_peer *peer);
void exchange_client_free(struct exchange_client *c);
static inline void exchange_client_freep(struct exchange_client **c)
{
	exchange_client_free(*c);
}
#define CLEANUP_EXCHANGE_CLIENT CLEANUP(exchange_client_freep)

/* An answer whose body is still coming. */
struct exchange;

/* Sends and waits for the header of the final answer (an early answer to an upload is one too). progress is copied.
 * The messages name host and port, never a path, query or header.
 * ERR_INVAL: not an http or https URL. ERR_SYS: no connection, or closed before the first byte of an answer (sys:
 * ECONNREFUSED, ECONNRESET, ...). ERR_TIMEOUT. ERR_LIMIT: the header is too large. ERR_PROTO: the answer is not HTTP,
 * or is cut off; it has sys EPROTO where TLS met plain HTTP or the reverse, ECONNRESET where the connection broke in
 * the middle (retry_error). ERR_DENIED: the certificate is not trusted (the message says why and names
 * --tls-verify=false and certs.d), ours is not accepted, or the proxy refuses. ERR_CANCELLED. */
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
