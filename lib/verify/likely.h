/* verify/likely.h - orders the paths that a slim image missed by how likely each is the cause of a difference. */
#pragma once

#include "verify/heal.h"

/* First the paths that said, which is what the program printed and answered, names; last those of caches and temporary
 * files, which a program makes again by itself. Otherwise the order stays. */
void verify_likely_sort(struct verify_heal_lookups *l, const struct buf *said);
