/* net/exchange_request.h - what an exchange needs: how to reach the peer, and the request. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strlist.h"
#include "os/io.h"

#define NET_EXCHANGE_ANY_SIZE UINT64_MAX

/* How the peer is reached. Strings and lists are copied. */
struct net_exchange_peer {
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

struct net_exchange_request {
	const char *method;
	const char *url;
	const struct strlist *headers; /* "Name: value"; NULL = none. Values are secrets: they are never logged */
	/* A body, read while it is sent: body_size bytes of it or up to its end, errors of it are returned as they are.
	 * Not closed, and in use until net_exchange_close: an answer may come before it is sent, then net_exchange_read
	 * goes on with it. From 16 KiB on it waits (a second at most) for 100 Continue. Never sent twice. NULL = none.
	 */
	struct io_reader *body;
	uint64_t body_size;         /* NET_EXCHANGE_ANY_SIZE: sent in chunks */
	unsigned answer_timeout_ms; /* after the request is sent, until the header of the answer is there; 0 =
				       idle_timeout_ms. An engine's export or load takes long to begin */
};
