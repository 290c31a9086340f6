/* net/exchange_tls.h - certificates, and why TLS failed. Private to lib/net/. */
#pragma once

#include "net/exchange_state.h"

void exchange_tls_options(struct exchange_client *c);
/* Whether TLS is what failed: then err is filled. */
bool exchange_tls_failure(struct exchange *x, CURLcode code, struct err *err);
