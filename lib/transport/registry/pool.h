/* transport/registry/pool.h - connections that are kept for the next request: as many as there were requests at once.
 * Private to lib/transport/registry/. Thread-safe. */
#pragma once

#include <pthread.h>

#include "net/exchange.h"

struct registry_pool {
	struct exchange_peer peer; /* borrowed by those who fill it in */
	pthread_mutex_t mutex;
	struct exchange_client **idle;
	size_t count, cap;
};

void registry_pool_init(struct registry_pool *p, const struct exchange_peer *peer);
/* All exchanges are closed before. */
void registry_pool_done(struct registry_pool *p);
/* exchange_open on a client of the pool, which goes back to it when the exchange is closed. */
int registry_pool_open(struct registry_pool *p, const struct exchange_request *q, const struct progress *progress,
		       struct exchange **out, struct err *err) MUST_CHECK;
