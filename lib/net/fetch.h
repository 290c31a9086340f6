/* net/fetch.h - fetches a whole answer at once, for a peer of which little is known, such as the service in a
 * container. The body is decoded, its beginning kept, all of it capped. Redirects are returned, not followed. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"
#include "base/strlist.h"
#include "net/exchange.h"
#include "net/fetch_request.h"

struct net_answer {
	int status;
	char content_type[128]; /* "" if absent, or too long */
	char location[2048];    /* of a redirect, "" if absent, or too long */
	struct strlist headers; /* "Name: value", in their order, LIMIT_HTTP_HEADER at most */
	struct buf body;        /* decoded (gzip, deflate, and br if libcurl has it) */
	uint64_t body_bytes;    /* all of it; max_body + 1 if its end was not waited for */
};

/* Uses the time-outs of q; the client's idle time-out does not apply. The errors are those of net_exchange_open, and
 * ERR_LIMIT for more than LIMIT_COOKIES cookies or LIMIT_SET_COOKIES in one answer. A time-out after more than
 * max_body has come is not an error. The messages name neither the peer nor the URL. They do not give the reason of a
 * TLS failure, unless a client certificate is the cause. */
int net_fetch(struct net_exchange_client *c, const struct net_fetch_request *q, const struct progress *progress,
	      struct net_answer *out, struct err *err) MUST_CHECK;
/* Returns the value of the first header of that name, in any case; NULL if the answer does not have it. Lives as long
 * as a. */
const char *net_answer_header(const struct net_answer *a, const char *name);
void net_answer_done(struct net_answer *a);
#define CLEANUP_NET_ANSWER CLEANUP(net_answer_done)

/* Replaces the cookies of to by those of from, for several clients that act as one. No exchange is under way. */
void net_fetch_copy_cookies(struct net_exchange_client *to, struct net_exchange_client *from);
/* The same, but cookies of other names stay. */
void net_fetch_add_cookies(struct net_exchange_client *to, struct net_exchange_client *from);
