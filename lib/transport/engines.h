/* transport/engines.h - the engines that the source and the destinations of one command share: each is connected to,
 * asked for its version and asked about itself once. Also what an engine said of the image that was looked for, until
 * the source is opened.
 * Lifetime: transport_engines_new; the member engines of any number of struct transport_options, for sources and sinks
 * of one thread; transport_engines_free, once all of these are closed. */
#pragma once

#include "base/cleanup.h"

struct transport_engines;
struct transport_engines *transport_engines_new(void);
void transport_engines_free(struct transport_engines *e); /* NULL = nothing */
static inline void transport_engines_freep(struct transport_engines **e)
{
	transport_engines_free(*e);
}
#define CLEANUP_TRANSPORT_ENGINES CLEANUP(transport_engines_freep)

/* Private to lib/transport/. e may be NULL: it has no engine, and takes none. */
struct engine;
/* Returns the engine at this URL, to be closed by engine_close; NULL if it was not opened yet. */
struct engine *transport_engines_find(const struct transport_engines *e, const char *url);
/* Adds an engine, which stays open until transport_engines_free. */
void transport_engines_add(struct transport_engines *e, struct engine *engine);
