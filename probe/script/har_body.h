/* probe/script/har_body.h - for har.c: the body of a recorded request. */
#pragma once

#include <jansson.h>

#include "probe/script/script.h"

/* Fills the body from the request's postData. Returns what is wrong with that, or NULL. */
const char *probe_har_body(const json_t *post_data, struct probe_request *r) MUST_CHECK;
