/* probe/openapi/schema/value.h - values that a schema allows, the same ones each time. What the author gave (example,
 * default, enum) comes first; else one is made from type, format and bounds. */
#pragma once

#include "base/buf.h"
#include "probe/openapi/schema/schema.h"

/* Makes a new value with all properties except those of answers only (readOnly), and lists with one item or minItems.
 * Leaves out an optional property that contains itself. name: of the property or parameter, as a hint about its
 * values (email); or NULL. NULL if no value fits, or if it would be too large. */
json_t *openapi_value(struct openapi_document *d, json_t *schema, const char *name);
