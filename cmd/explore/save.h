/* cmd/explore/save.h - writes the policy file. */
#pragma once

#include <stdbool.h>

#include "cmd/explore/control.h"

/* Does what EXPLORE_WRITE and EXPLORE_REPLACE ask for, and tells the state how it went. */
void explore_save(struct explore_state *s, bool replace);
