/* net/exchange_transfer.h - drives an exchange: waiting, its time limits, why it failed. Private to lib/net/. */
#pragma once

#include "net/exchange_state.h"

/* Sets everything on the easy handle and adds it. */
void exchange_transfer_start(struct exchange *x, const struct exchange_request *q);
/* Drives it until the header is complete, or some of the body is there, or it ended; or fails, and stays so. Not for
 * whole answers. */
int exchange_transfer_run(struct exchange *x, bool for_body, struct err *err) MUST_CHECK;
/* Reads and drops what is left of the answer if it is short and here already: the connection can be used again. */
void exchange_transfer_finish(struct exchange *x);
