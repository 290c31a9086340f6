/* net/exchange_tls.h - certificates, and why TLS failed. Private to lib/net/. */
#pragma once

#include "net/exchange_state.h"

void net_exchange_tls_options(struct net_exchange *x);
/* Whether TLS is what failed: then err is filled. */
bool net_exchange_tls_failure(struct net_exchange *x, CURLcode code, struct err *err);
