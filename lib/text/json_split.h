/* text/json_split.h - takes the elements of some arrays out of a JSON document that comes piece by piece. Neither the
 * document's text nor these arrays are ever in memory as a whole. The arrays are members of the document's object.
 * Lifetime: json_split with keys, n_keys, each, ctx and what set, all else zero; any number of _add; one _end, unless
 * an _add failed; _done. Not thread-safe. */
#pragma once

#include "text/json.h"

struct json_split_element {
	size_t list; /* index of the array's key */
	size_t i;    /* in the array */
	size_t at;   /* where its text begins in the document */
	const char *text;
	size_t n;            /* bytes of the text */
	const json_t *value; /* what the text is */
};
/* Takes one element, which ends with the call. A negative return ends the reading. */
typedef int json_split_each(void *ctx, const struct json_split_element *e, struct err *err);

struct json_split {
	const char *const *keys; /* of the arrays, each of at most LIMIT_NAME bytes */
	size_t n_keys;
	json_split_each *each;
	void *ctx;
	const char *what; /* names the document in messages */

	size_t at;               /* bytes taken */
	size_t depth;            /* brackets that are open: of the document, or of the element */
	bool in_string, escaped; /* at: within a string; behind a backslash in it */
	enum { JSON_SPLIT_VALUE, JSON_SPLIT_KEY, JSON_SPLIT_COLON, JSON_SPLIT_BEGIN } state;
	bool in_list; /* element: of the array list */
	size_t list, i, element_at;
	struct buf key, element;
	struct buf rest; /* the document with those arrays empty */
};

/* ERR_CORRUPT if an element is not valid JSON; what each returned. */
int json_split_add(struct json_split *s, const char *data, size_t n, struct err *err) MUST_CHECK;
/* The document with those arrays empty; as json_parse_object. */
int json_split_end(struct json_split *s, json_t **rest, struct err *err) MUST_CHECK;
void json_split_done(struct json_split *s);
#define CLEANUP_JSON_SPLIT CLEANUP(json_split_done)
