/* cmd/explore/pages.h - the keys of the other screens: the layers, and the pages of text. */
#pragma once

#include "cmd/explore/key.h"
#include "cmd/explore/state.h"

void explore_pages_key(struct explore_state *s, const struct explore_key *key);
void explore_pages_help(struct explore_state *s);
