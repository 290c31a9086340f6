/* net/exchange_dial.h - makes curl use a socket that is connected already. Private to lib/net/. */
#pragma once

#include "net/exchange_state.h"

void net_exchange_dial_options(struct net_exchange *x);
bool net_exchange_dial_connected(struct net_exchange *x); /* curl has connected; false: it must not go on */
void net_exchange_dial_done(struct net_exchange *x);
