/* net/fetch_options.h - curl's options of an exchange whose answer is taken at once. Private to lib/net/. */
#pragma once

#include "net/exchange_state.h"

/* After those that every exchange has. */
void net_fetch_options(struct net_exchange *x);
/* Adds the request's headers to those of x. ERR_INVAL. */
int net_fetch_add_headers(struct net_exchange *x, struct err *err) MUST_CHECK;
