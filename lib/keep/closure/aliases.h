/* keep/closure/aliases.h - keeps the symlinks that lead to what is kept: a search path spells a directory by its link
 * (perl/5.36), dlopen a library (libx.so), a caller a program (vi). A link costs nothing. Documentation has none that
 * programs follow. */
#pragma once

#include "keep/set.h"

struct keep_aliases;
struct keep_aliases *keep_aliases_new(const struct image_index *x);
void keep_aliases_free(struct keep_aliases *a);

/* Keep those that lead to what was kept since the last call, until nothing is new. A set has its own keep_aliases. */
void keep_aliases_add(struct keep_aliases *a, struct keep_set *k);
