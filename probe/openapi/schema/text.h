/* probe/openapi/schema/text.h - strings by format, pattern, length, and by what their property is called. Nothing in
 * them leads out of the container. */
#pragma once

#include <jansson.h>

/* A string that a flat schema allows, as well as can be done. free() */
char *openapi_text_make(const json_t *flat, const char *name);
