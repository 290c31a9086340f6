/* cmd/explore/browse.h - the keys of the tree: into directories and out, order, filter, marks. */
#pragma once

#include "cmd/explore/key.h"
#include "cmd/explore/state.h"

void explore_browse_key(struct explore_state *s, const struct explore_key *key);
/* While a filter is typed, and at its end; yes: it stays, else the one before comes back. */
void explore_browse_filter(struct explore_state *s, const char *text);
void explore_browse_filter_end(struct explore_state *s, bool yes);
/* Shows the changes of a layer, or the whole image for EXPLORE_ALL_LAYERS. */
void explore_browse_layer(struct explore_state *s, size_t layer);
