#include "probe/routes/routes.h"

#include <stdlib.h>

#include "base/mem.h"
#include "probe/routes/pages.h"
#include "probe/routes/places.h"

void probe_routes_init(struct probe_routes *r)
{
	*r = (struct probe_routes){.lock = PTHREAD_MUTEX_INITIALIZER};
}

void probe_routes_done(struct probe_routes *r)
{
	for (size_t i = 0; i < r->count; i++) {
		strlist_done(&r->ports[i]->paths);
		strset_done(&r->ports[i]->has);
		strset_done(&r->ports[i]->varies);
		free(r->ports[i]);
	}
	free(r->ports);
	if (r->finds)
		routes_finds_done(r->finds);
	free(r->finds);
}

static struct probe_routes_port *find(const struct probe_routes *r, uint16_t port)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->ports[i]->port == port)
			return r->ports[i];
	return NULL;
}

static struct probe_routes_port *add(struct probe_routes *r, const struct probe_routes_place *place, uint16_t port,
				     const struct strset *asked)
{
	struct probe_routes_port *p = mem_alloc(sizeof(*p));
	const bool is_known = place->process && place->root >= 0;
	p->port = port;
	if (!r->finds) {
		r->finds = mem_alloc(sizeof(*r->finds));
		if (is_known)
			routes_places_read(place->process, place->root, r->finds);
	}
	routes_finds_list(r->finds, asked, &p->paths);
	p->n_named = p->paths.count;
	if (is_known)
		routes_pages_list(place->root, &r->finds->dirs, asked, &p->paths);
	r->ports = mem_grow(r->ports, r->count, &r->cap, sizeof(struct probe_routes_port *));
	return r->ports[r->count++] = p;
}

struct probe_routes_port *probe_routes_of(struct probe_routes *r, const struct probe_routes_place *place, uint16_t port,
					  const struct strset *asked)
{
	pthread_mutex_lock(&r->lock);
	struct probe_routes_port *p = find(r, port);
	if (!p)
		p = add(r, place, port, asked);
	pthread_mutex_unlock(&r->lock);
	return p;
}
