/* cmd/explore/draw_layers.h - the rows of the screen of layers. */
#pragma once

#include "cmd/explore/canvas/canvas.h"
#include "cmd/explore/canvas/layout.h"
#include "cmd/explore/state.h"

void explore_draw_layers(const struct explore_state *s, const struct explore_layout *l, struct explore_canvas *c);
