/* text/json.h - reading JSON that comes from outside, with errors that name the member (RFC 8259).
 * Built on jansson: a json_t here is jansson's, released with json_decref or json_auto_t. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strlist.h"
#include "text/packed_text.h"

/* Parse an object of at most max bytes. Duplicate keys, trailing bytes, NUL in strings and deep
 * nesting are ERR_CORRUPT. what names the document in messages. */
int json_parse_object(const char *data, size_t n, size_t max, const char *what, json_t **out,
		      struct err *err) MUST_CHECK;

/* Members of obj. With required false a missing or null member leaves *out NULL / untouched.
 * Strings are borrowed from obj. A wrong type is ERR_CORRUPT. */
int json_get_string(const json_t *obj, const char *key, bool required, const char **out, struct err *err) MUST_CHECK;
int json_get_uint(const json_t *obj, const char *key, bool required, uint64_t *out, struct err *err) MUST_CHECK;
int json_get_object(const json_t *obj, const char *key, bool required, json_t **out, struct err *err) MUST_CHECK;
int json_get_array(const json_t *obj, const char *key, bool required, json_t **out, struct err *err) MUST_CHECK;
int json_get_strlist(const json_t *obj, const char *key, bool required, struct strlist *out,
		     struct err *err) MUST_CHECK;

/* A string of any bytes as a JSON string: invalid UTF-8 bytes become U+DC80..U+DCFF's replacement
 * text "\xNN" (escaped as for a terminal); valid UTF-8 stays as it is. */
json_t *json_bytes(const char *s, size_t n);

/* Append the compact text with sorted keys (same value, same bytes). */
void json_write(const json_t *v, struct buf *out);
/* The same value, with what buf_escape escapes as \uNNNN: for what a terminal may show. */
void json_write_shown(const json_t *v, struct buf *out);
/* The same, indented, with members in the order they were added. */
void json_write_pretty(const json_t *v, struct buf *out);
/* Writes the same bytes for an array that is never in memory as a whole: its elements one by one, then its end.
 * depth: the array's depth in the document, 1 = a member of the root. */
struct json_list {
	struct packed_text text;
	size_t depth, count;
};
void json_list_add(struct json_list *l, const json_t *v);
void json_list_end(struct json_list *l);
/* Gives to sink what comes in an object behind the member before the list; what sink returned. */
int json_list_write(const struct json_list *l, const char *key, buf_sink *sink, void *ctx, struct err *err) MUST_CHECK;
void json_list_done(struct json_list *l);
