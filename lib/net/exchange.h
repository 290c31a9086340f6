/* net/exchange.h - HTTP on libcurl: bodies streamed both ways, certificates checked, all that the peer decides capped.
 * Never follows a redirect by itself, speaks no scheme but http and https. (net/fetch.h takes a whole answer at once.)
 * Spec: RFC 9110. Lifetime: a client keeps its connections; it makes one exchange at a time and is for one thread, in
 * whose network namespace its sockets are made. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"
#include "net/exchange_request.h"
#include "os/io.h"

struct net_exchange_client;
struct net_exchange_client *net_exchange_client_new(const struct net_exchange_peer *peer);
void net_exchange_client_free(struct net_exchange_client *c);
static inline void net_exchange_client_freep(struct net_exchange_client **c)
{
	net_exchange_client_free(*c);
}
#define CLEANUP_NET_EXCHANGE_CLIENT CLEANUP(net_exchange_client_freep)

/* An answer whose body is still coming. */
struct net_exchange;

/* Sends and waits for the header of the final answer (an early answer to an upload is one too). progress is copied.
 * The messages name host and port, never a path, query or header.
 * ERR_INVAL: not an http or https URL. ERR_SYS: no connection, or closed before the first byte of an answer (sys:
 * ECONNREFUSED, ECONNRESET, ...). ERR_TIMEOUT. ERR_LIMIT: the header is too large. ERR_PROTO: the answer is not HTTP,
 * or is cut off; it has sys EPROTO where TLS met plain HTTP or the reverse, ECONNRESET where the connection broke in
 * the middle (net_retry_error). ERR_DENIED: the certificate is not trusted (the message says why and names
 * --tls-verify=false and certs.d), ours is not accepted, or the proxy refuses. ERR_CANCELLED. */
int net_exchange_open(struct net_exchange_client *c, const struct net_exchange_request *q,
		      const struct progress *progress, struct net_exchange **out, struct err *err) MUST_CHECK;
int net_exchange_status(const struct net_exchange *x);
/* Returns the first header of that name, or NULL if the answer does not have it. Lives as long as x. */
const char *net_exchange_header(const struct net_exchange *x, const char *name);
/* The nth header of that name, from 0. False if there are not so many. */
bool net_exchange_header_nth(const struct net_exchange *x, const char *name, size_t nth, const char **value);
/* The first trailer of that name, once the body was read to its end; NULL = none. Lives as long as x. */
const char *net_exchange_trailer(const struct net_exchange *x, const char *name);
/* Content-Length; NET_EXCHANGE_ANY_SIZE if the answer has none. */
uint64_t net_exchange_size(const struct net_exchange *x);
/* Reads the body, not decoded; 0 at the end. A body that ends before Content-Length is ERR_PROTO. At most 256 KiB of it
 * are in memory. */
ssize_t net_exchange_read(struct net_exchange *x, void *data, size_t n, struct err *err) MUST_CHECK;
/* Reads the rest of the body; more than max bytes is ERR_LIMIT. */
int net_exchange_read_all(struct net_exchange *x, size_t max, struct buf *out, struct err *err) MUST_CHECK;
/* x as a reader, which owns it from then on. */
struct io_reader net_exchange_reader(struct net_exchange *x);
void net_exchange_close(struct net_exchange *x);
/* closed is called once, at the end of net_exchange_close, when the client is free for the next exchange (and may be
 * given to another thread). */
void net_exchange_on_close(struct net_exchange *x, void (*closed)(void *ctx), void *ctx);
static inline void net_exchange_closep(struct net_exchange **x)
{
	net_exchange_close(*x);
}
#define CLEANUP_NET_EXCHANGE CLEANUP(net_exchange_closep)
