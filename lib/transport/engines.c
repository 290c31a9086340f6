#include "transport/engines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "transport/engine/engine.h"

struct transport_engines {
	struct engine **items;
	size_t count;
};

struct transport_engines *transport_engines_new(void)
{
	struct transport_engines *e = mem_alloc(sizeof(*e));
	*e = (struct transport_engines){0};
	return e;
}

void transport_engines_free(struct transport_engines *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->count; i++)
		engine_close(e->items[i]);
	free(e->items);
	free(e);
}

struct engine *transport_engines_find(const struct transport_engines *e, const char *url)
{
	for (size_t i = 0; e && i < e->count; i++)
		if (strcmp(engine_url(e->items[i]), url) == 0)
			return engine_share(e->items[i]);
	return NULL;
}

void transport_engines_add(struct transport_engines *e, struct engine *engine)
{
	if (!e)
		return;
	e->items = mem_realloc(e->items, e->count + 1, sizeof(struct engine *));
	e->items[e->count++] = engine_share(engine);
}
