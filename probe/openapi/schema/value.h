/* probe/openapi/schema/value.h - values that a schema allows, the same ones each time. What the author gave (example,
 * default, enum) comes first; else one is made from type, format and bounds. */
#pragma once

#include "base/buf.h"
#include "probe/openapi/schema/schema.h"

/* A new value: with all properties but those that only answers have (readOnly), a list with one item or minItems. What
 * lies in itself is left out where it is optional. name: of the property or parameter, which tells about its values
 * (email); or NULL. NULL if nothing fits, or if it would be too large. */
json_t *openapi_value(struct openapi_document *d, json_t *schema, const char *name);
