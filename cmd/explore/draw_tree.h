/* cmd/explore/draw_tree.h - the rows of a directory, and the details of the entry under the cursor. */
#pragma once

#include "cmd/explore/canvas/canvas.h"
#include "cmd/explore/canvas/layout.h"
#include "cmd/explore/state.h"

void explore_draw_tree(const struct explore_state *s, const struct explore_layout *l, struct explore_canvas *c);
