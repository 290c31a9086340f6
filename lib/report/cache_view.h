/* report/cache_view.h - the layers of a store, for a person (a table for each action of slim cache) and for a program
 * (slim.cache/v1, described in slim-cache(1)). Everything from outside is escaped. */
#pragma once

#include "base/buf.h"
#include "store/cache.h"

/* Every layer, the one that was used last first. */
void report_cache_view_list(const struct store_cache *cache, struct buf *out);
/* The layers that were removed, or would be. */
void report_cache_view_pruned(const struct store_cache *cache, bool dry_run, struct buf *out);
/* The broken layers. */
void report_cache_view_verified(const struct store_cache *cache, struct buf *out);
/* Every layer that was there, the same for each action. store: its path. */
void report_cache_view_json(const char *store, const struct store_cache *cache, struct buf *out);
