/* net/exchange_start.h - starts and ends an exchange. Private to lib/net/. */
#pragma once

#include "net/exchange_state.h"

/* Checks the request and gives it to curl; nothing is sent yet. The client has no other exchange. whole: NULL = the
 * body will be read; otherwise in use until net_exchange_stop, and q has no body. */
int net_exchange_start(struct net_exchange_client *c, const struct net_exchange_request *q,
		       struct net_exchange_whole *whole, const struct progress *progress, struct net_exchange **out,
		       struct err *err) MUST_CHECK;
/* Does the work of net_exchange_close. */
void net_exchange_stop(struct net_exchange *x);
