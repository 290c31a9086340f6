/* text/json_array.h - reads an array of a JSON document one element after the other, where all of them as jansson's
 * values would take ten times the memory of the text. */
#pragma once

#include "text/json.h"

struct json_array_text {
	const char *data; /* what stands between the brackets; NULL = there is no such array */
	size_t n;
};

/* Finds the array that is member key of the document's object. Only brackets and strings are looked at. */
struct json_array_text json_array_find(const char *data, size_t n, const char *key);

/* Takes one element, which ends with the call. A negative return ends the reading. */
typedef int json_array_each(void *ctx, size_t i, const json_t *element, struct err *err);
/* ERR_CORRUPT if the elements are not valid JSON; what names the document. */
int json_array_read(const struct json_array_text *a, const char *what, json_array_each *each, void *ctx,
		    struct err *err) MUST_CHECK;

/* As json_parse_object, but with that array empty. */
int json_array_parse_rest(const char *data, size_t n, const struct json_array_text *a, size_t max, const char *what,
			  json_t **out, struct err *err) MUST_CHECK;
