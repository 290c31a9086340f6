/* probe/http/value.h - looks values up in an answer: by JSON pointer (RFC 6901), regular expression, header, and the
 * fields of a form. The answer is hostile: of a body at most PROBE_VALUE_BODY is looked at. */
#pragma once

#include "base/buf.h"
#include "net/fetch.h"

/* Of a body: JSON of it becomes values of many times that size. */
#define PROBE_VALUE_BODY (1u << 20)

/* Returns the value at the pointer as text: a string as it is, a number, true, false, null, and, unless scalar,
 * compact JSON of an array or object. NULL = the body is not JSON, or has no such value. free() */
char *probe_value_json(const struct net_answer *a, const char *pointer, bool scalar);
/* The first group of the extended regular expression, or all of what it matches. NULL = it matches nothing. free() */
char *probe_value_regex(const struct net_answer *a, const char *pattern);
/* Whether it matches anywhere in n bytes. A pattern that does not compile matches nothing. */
bool probe_value_matches(const char *pattern, const char *data, size_t n);
/* The last segment of the path of the URL in that header; NULL = none. free() */
char *probe_value_segment(const struct net_answer *a, const char *header);
/* The value of the first form field of that name (input, textarea, select, button), or the content of the first meta
 * element of that name. NULL = the page has none. free() */
char *probe_value_form(const struct net_answer *a, const char *name);
