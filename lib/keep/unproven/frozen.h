/* keep/unproven/frozen.h - tells the sources of modules that Python has in itself ("frozen modules", since 3.11): kept
 * code imports them, every run uses them, and none opens them. */
#pragma once

#include "image/index.h"

bool keep_unproven_is_frozen(const struct image_index *x, uint32_t node);
