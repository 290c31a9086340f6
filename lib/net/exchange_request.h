/* net/exchange_request.h - what an exchange needs: how to reach the peer, and the request. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strlist.h"
#include "os/io.h"

#define NET_EXCHANGE_ANY_SIZE UINT64_MAX

/* How to reach the peer. Strings and lists are copied. */
struct net_exchange_peer {
	const char *unix_socket; /* its path; the URL's host is then only a name. NULL = TCP */
	/* Returns a connected stream socket to use instead (ssh to an engine), which its caller owns. For http only.
	 * NULL = none. */
	int (*dial)(void *ctx, struct err *err);
	void *dial_ctx;
	bool insecure;                    /* certificates are not checked */
	const struct strlist *ca_files;   /* PEM, beside the system's; NULL = none */
	const char *cert_file, *key_file; /* of the client, PEM; NULL = none */
	/* Uses the proxies of the environment (http_proxy, https_proxy, all_proxy, no_proxy), but never for a loopback
	 * address, which a proxy can't reach. */
	bool proxies;
	bool http2;                  /* speaks HTTP/2 without asking first (RFC 9113, 3.3); for plain HTTP only */
	bool cookies;                /* net_fetch keeps those that are set, and sends them (RFC 6265) */
	unsigned connect_timeout_ms; /* 0 = 30 s */
	unsigned idle_timeout_ms;    /* no byte in either direction for so long; 0 = 60 s */
};

struct net_exchange_request {
	const char *method;
	const char *url;
	const struct strlist *headers; /* "Name: value"; NULL = none. Values are secrets: they are never logged */
	/* A body, read while it is sent: body_size bytes or up to its end. Its errors are returned as they are. It is
	 * not closed, and is in use until net_exchange_close: if an answer comes early, net_exchange_read goes on
	 * sending. A body of 16 KiB or more waits (a second at most) for 100 Continue. It is never sent twice.
	 * NULL = none. */
	struct io_reader *body;
	uint64_t body_size; /* NET_EXCHANGE_ANY_SIZE: sent in chunks */
	/* From the end of the request to the header of the answer: an engine's export or load takes long to begin.
	 * 0 = idle_timeout_ms. */
	unsigned answer_timeout_ms;
};
