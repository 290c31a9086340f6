/* transport/registry/pool.h - keeps connections for the next request: as many as there were requests at once. Private
 * to lib/transport/registry/. Thread-safe. */
#pragma once

#include <pthread.h>

#include "net/exchange.h"

struct registry_pool {
	struct net_exchange_peer peer; /* borrowed by those who fill it in */
	pthread_mutex_t mutex;
	struct net_exchange_client **idle;
	size_t count, cap;
};

void registry_pool_init(struct registry_pool *p, const struct net_exchange_peer *peer);
/* All exchanges are closed before. */
void registry_pool_done(struct registry_pool *p);
/* net_exchange_open on a client of the pool, which goes back to it when the exchange is closed. */
int registry_pool_open(struct registry_pool *p, const struct net_exchange_request *q, const struct progress *progress,
		       struct net_exchange **out, struct err *err) MUST_CHECK;
