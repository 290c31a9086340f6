/* net/exchange_options.h - sets curl's options for an exchange, among them the callbacks that give and take bytes.
 * Private to lib/net/. */
#pragma once

#include "net/exchange_state.h"

/* Sets everything on the easy handle. */
void net_exchange_options(struct net_exchange *x, const struct net_exchange_request *q);
