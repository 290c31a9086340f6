/* net/fetch.h - fetches a whole answer at once, for a peer of which little is known, such as the service in a
 * container. The body is decoded, its beginning kept, all of it capped. Redirects are returned, not followed. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"
#include "net/exchange.h"

struct net_fetch_request {
	const char *method; /* "GET"; any is sent without a body */
	const char *url;
	unsigned timeout_ms;         /* of the whole exchange; 0 = none */
	unsigned connect_timeout_ms; /* of it, until the connection stands, TLS included; 0 = the peer's */
	uint64_t max_body; /* bytes kept; up to 4 times that is read and counted, then the connection is closed */
};

struct net_answer {
	int status;
	char content_type[128]; /* "" if absent, or too long */
	char location[2048];    /* of a redirect, "" if absent, or too long */
	struct buf body;        /* decoded (gzip, deflate) */
	uint64_t body_bytes;    /* all of it; max_body + 1 if its end was not waited for */
};

/* The client's idle time-out does not count, only those of q do. The errors are those of net_exchange_open;
 * a time-out is none once more than max_body has come. The messages name neither the peer nor the URL, and do not tell
 * why TLS failed. */
int net_fetch(struct net_exchange_client *c, const struct net_fetch_request *q, const struct progress *progress,
	      struct net_answer *out, struct err *err) MUST_CHECK;
void net_answer_done(struct net_answer *a);
