/* net/exchange_dial.h - a socket that is connected already, in the place of one that curl connects. Private to
 * lib/net/. */
#pragma once

#include "net/exchange_state.h"

void exchange_dial_options(struct exchange *x);
bool exchange_dial_connected(struct exchange *x); /* curl has connected; false: it must not go on */
void exchange_dial_done(struct exchange *x);
