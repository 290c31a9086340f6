/* probe/openapi/schema/encode.h - texts as parts of a request. Spec: RFC 3986, section 2. */
#pragma once

#include <jansson.h>

#include "base/buf.h"

/* Appends s, percent-encoded but for unreserved characters and those in keep. */
void openapi_encode(const char *s, const char *keep, struct buf *out);
/* Appends s with each %XX as the byte, but %00 as it is. */
void openapi_decode(const char *s, struct buf *out);
/* Appends s so that no variable is seen in it (probe/script/script.h). */
void openapi_literal(const char *s, size_t n, struct buf *out);
/* Appends the value as compact JSON, members in their order. */
void openapi_json(const json_t *value, struct buf *out);
/* A scalar as text, "" for null; other values as JSON. free() */
char *openapi_text(const json_t *value);
