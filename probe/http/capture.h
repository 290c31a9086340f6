/* probe/http/capture.h - takes values from an answer, for later requests. */
#pragma once

#include "net/fetch.h"
#include "probe/script/script.h"

/* Sets the variables of the request's captures. Returns why one has no value, which is for the user: "no value for
 * ${NAME}: ..."; NULL = all have one, or need none. free() */
char *probe_capture_take(const struct probe_request *q, const struct net_answer *a, struct strlist *variables);
