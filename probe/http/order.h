/* probe/http/order.h - which requests of a script may change places in a variant of an exercise (exercise/variant.h).
 * GET, HEAD and OPTIONS only read, by what HTTP says of them. Such requests that follow each other, go to the same
 * place, neither give nor take a variable, and are sent once, are a group; they change places with each other, and are
 * sent several at a time. All others keep their place. */
#pragma once

#include "probe/script/script.h"

/* How many requests from the first one on are such a group; 1 if the first one is none of one. count: of the requests,
 * not 0. */
size_t probe_order_group(const struct probe_request *first, size_t count);
