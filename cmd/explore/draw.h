/* cmd/explore/draw.h - the whole screen of a state, on a canvas of the state's size. */
#pragma once

#include "cmd/explore/canvas/canvas.h"
#include "cmd/explore/state.h"

void explore_draw(const struct explore_state *s, struct explore_canvas *out);
