/* net/fetch_request.h - what is fetched, and how. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strlist.h"

/* The protocol to speak. */
enum net_fetch_version {
	NET_FETCH_HTTP1, /* HTTP/1.1 */
	NET_FETCH_ANY,   /* HTTP/2 if TLS agrees on it (ALPN), else HTTP/1.1 */
	NET_FETCH_HTTP2, /* HTTP/2 alone; without TLS from the first byte on (h2c, prior knowledge) */
};

/* Looks at a peer that got the request and has not answered yet. */
struct net_fetch_watch {
	unsigned every_ms;
	/* local_port: of our end of the connection. waited_ms: since the request was sent. An error ends the fetch and
	 * is returned as it is. */
	int (*look)(void *ctx, uint16_t local_port, uint64_t waited_ms, struct err *err);
	void *ctx;
};

struct net_fetch_request {
	const char *method;  /* "GET"; any method is sent without a body if body is NULL */
	const char *url;     /* its host is that of the Host header, of TLS's server name and of the cookies */
	const char *address; /* "127.0.0.1:8080", "[::1]:80": connects there, not to the host and port of the URL; NULL
			      * = to these */
	const char *unix_socket; /* connects to that path instead; NULL = to none */
	enum net_fetch_version version;
	const struct strlist *headers;    /* "Name: value", instead of ours of that name; NULL = none */
	const struct buf *body;           /* NULL = none; not with HEAD. Its type is to be among the headers */
	const char *cert_file, *key_file; /* of the client, PEM, instead of the peer's; NULL = the peer's */
	unsigned timeout_ms;              /* of the whole exchange; 0 = none */
	unsigned connect_timeout_ms;      /* of it, until the connection stands, TLS included; 0 = the peer's */
	uint64_t max_body; /* bytes kept; up to 4 times that is read and counted, then the connection is closed */
	const struct net_fetch_watch *watch; /* NULL = nobody watches */
};
