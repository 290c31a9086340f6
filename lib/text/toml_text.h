/* text/toml_text.h - reads the parts of a TOML document: white space, keys, and values other than tables and arrays.
 * Private to toml.c. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct toml_text {
	const char *at, *end;
	unsigned line;
	const char *what; /* for messages */
};

/* ERR_INVAL "what, line N: ..." */
int toml_error(const struct toml_text *t, struct err *err, const char *fmt, ...) PRINTF_LIKE(3, 4);

static inline bool toml_next_is(const struct toml_text *t, char c)
{
	return t->at < t->end && *t->at == c;
}
/* Goes over c, if it is next. */
bool toml_take(struct toml_text *t, char c);
void toml_blanks(struct toml_text *t); /* spaces and tabs */
/* Blanks, then nothing but a comment up to the end of the line or of the document; goes over it. */
int toml_end_of_line(struct toml_text *t, struct err *err) MUST_CHECK;
/* Blanks, comments and line ends, as many as there are. */
int toml_lines(struct toml_text *t, struct err *err) MUST_CHECK;

/* One part of a key: bare or quoted. out is replaced. */
int toml_key(struct toml_text *t, struct buf *out, struct err *err) MUST_CHECK;
/* A string, boolean, integer, float or date. */
int toml_scalar(struct toml_text *t, json_t **out, struct err *err) MUST_CHECK;
