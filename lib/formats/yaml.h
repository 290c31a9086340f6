/* formats/yaml.h - reads YAML 1.2 (https://yaml.org/spec/1.2.2), and JSON with it, into jansson values.
 * Scalars are what the core schema says: yes, no, on and off are strings, 0o17 is 15, a quoted scalar is a string. A
 * key is the text that was written (200: is "200"). Merge keys (<<) are resolved; a key that stands there twice is
 * refused, and so are .inf and .nan, tags of other types, keys that are no scalars, NUL in strings, a second document.
 * Bounds: LIMIT_YAML bytes, LIMIT_YAML_DEPTH levels and LIMIT_YAML_NODES nodes, as if each alias were written out.
 * An alias shares the value of its anchor: change nothing in the tree. Built on libyaml's events. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"

/* Where values stand, for messages. All zero is empty; valid as long as the tree. */
struct yaml_lines {
	struct yaml_line *items;
	size_t count, cap;
};

/* What a format allows beyond that. */
struct yaml_options {
	/* Tags that begin with "!"; ends with NULL. A member's value that has one becomes an object of one member,
	 * whose key is the tag: "a: !reset 5" is {"a": {"!reset": 5}}. NULL = none. */
	const char *const *tags;
	bool zeros; /* a plain number that begins with a zero and more digits, 0440, stays a string */
};

/* The document; released with json_decref. what names it in messages: "what, line N, column N: ...". lines: filled, or
 * NULL. ERR_INVAL for what is malformed, ERR_LIMIT for what is too large. */
int yaml_parse(const char *data, size_t n, const char *what, struct yaml_lines *lines, json_t **out,
	       struct err *err) MUST_CHECK;
/* The same with options. */
int yaml_parse_with(const struct yaml_options *options, const char *data, size_t n, const char *what,
		    struct yaml_lines *lines, json_t **out, struct err *err) MUST_CHECK;
/* The line, from 1, of a member's key; of the object or array itself if key is NULL; 0 = unknown. */
unsigned yaml_line_of(const struct yaml_lines *l, const json_t *container, const char *key);
void yaml_lines_done(struct yaml_lines *l);
#define CLEANUP_YAML_LINES CLEANUP(yaml_lines_done)
