/* keep/unproven/frozen.h - recognizes the sources of modules that are part of the Python program ("frozen modules",
 * since 3.11). Kept code imports them and every run uses them, but no run opens their files. */
#pragma once

#include "image/index.h"

bool keep_unproven_is_frozen(const struct image_index *x, uint32_t node);
