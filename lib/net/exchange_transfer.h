/* net/exchange_transfer.h - drives an exchange: waits, keeps its time limits and says why it failed. Private to
 * lib/net/. */
#pragma once

#include "net/exchange_state.h"

/* Sets everything on the easy handle and adds it. */
void net_exchange_transfer_start(struct net_exchange *x, const struct net_exchange_request *q);
/* Drives it until the header is complete, or some of the body is there, or it ended; or fails, and stays so. Not for
 * whole answers. */
int net_exchange_transfer_run(struct net_exchange *x, bool for_body, struct err *err) MUST_CHECK;
/* Reads and drops what is left of the answer if it is short and here already: the connection can be used again. */
void net_exchange_transfer_finish(struct net_exchange *x);
