/* probe/http/variables.h - what the answers of a script gave, and its place in later requests (see script.h).
 * A list of variables holds "NAME=value", in any order. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/strlist.h"

/* The place of a value, which decides how it is encoded. */
enum probe_place {
	PROBE_PLACE_TEXT, /* as it is */
	PROBE_PLACE_PATH, /* percent-encoded what can't stand in a URL; what is encoded already stays */
	PROBE_PLACE_FORM, /* percent-encoded all but letters, digits and "-._~" */
	PROBE_PLACE_JSON, /* with JSON's escapes, as in a string */
};

/* Appends the n bytes of text, its variables replaced. ERR_NOTFOUND: one has no value; ERR_LIMIT: more than
 * LIMIT_HTTP_BODY bytes. */
int probe_variables_expand(const struct strlist *variables, const char *text, size_t n, enum probe_place place,
			   struct buf *out, struct err *err) MUST_CHECK;
void probe_variables_set(struct strlist *variables, const char *name, const char *value);
