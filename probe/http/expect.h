/* probe/http/expect.h - judges an answer by what its request expects. */
#pragma once

#include "net/fetch.h"
#include "probe/script/script.h"

/* Whether the request says what its answer must be like. */
bool probe_expects(const struct probe_request *q);
/* Returns the reason why the answer is not as expected, to be shown escaped: "status 500, not 200 to 299"; NULL = it
 * is as expected. a: NULL = no answer. free() */
char *probe_expect_fault(const struct probe_request *q, const struct net_answer *a);
