/* probe/http/order.h - tells which requests of a script may change places in a variant of an exercise
 * (exercise/variant.h). GET, HEAD and OPTIONS only read, according to HTTP. Consecutive requests of these methods are
 * a group if they go to the same place, neither give nor take a variable, and are sent once. The requests of a group
 * change places with each other, and are sent several at a time. All others keep their place. */
#pragma once

#include "probe/script/script.h"

/* Returns the size of the group that begins with the first request; 1 if it does not begin a group. count: of the
 * requests, not 0. */
size_t probe_order_group(const struct probe_request *first, size_t count);
