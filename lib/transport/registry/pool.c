#include "transport/registry/pool.h"

#include "base/mem.h"

void registry_pool_init(struct registry_pool *p, const struct net_exchange_peer *peer)
{
	*p = (struct registry_pool){.peer = *peer};
	pthread_mutex_init(&p->mutex, NULL);
}

void registry_pool_done(struct registry_pool *p)
{
	for (size_t i = 0; i < p->count; i++)
		net_exchange_client_free(p->idle[i]);
	free(p->idle);
	pthread_mutex_destroy(&p->mutex);
	*p = (struct registry_pool){0};
}

/* A client that is lent out until its exchange is closed. */
struct lease {
	struct registry_pool *pool;
	struct net_exchange_client *client;
};

static struct net_exchange_client *take(struct registry_pool *p)
{
	pthread_mutex_lock(&p->mutex);
	struct net_exchange_client *c = p->count ? p->idle[--p->count] : NULL;
	pthread_mutex_unlock(&p->mutex);
	return c ? c : net_exchange_client_new(&p->peer);
}

static void give_back(void *ctx)
{
	struct lease *l = ctx;
	struct registry_pool *p = l->pool;
	pthread_mutex_lock(&p->mutex);
	p->idle = mem_grow(p->idle, p->count, &p->cap, sizeof(struct net_exchange_client *));
	p->idle[p->count++] = l->client;
	pthread_mutex_unlock(&p->mutex);
	free(l);
}

int registry_pool_open(struct registry_pool *p, const struct net_exchange_request *q, const struct progress *progress,
		       struct net_exchange **out, struct err *err)
{
	struct lease *l = mem_alloc(sizeof(*l));
	*l = (struct lease){p, take(p)};
	int r = net_exchange_open(l->client, q, progress, out, err);
	if (r < 0)
		give_back(l);
	else
		net_exchange_on_close(*out, give_back, l);
	return r;
}
