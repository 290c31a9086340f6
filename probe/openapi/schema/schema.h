/* probe/openapi/schema/schema.h - what a schema says once allOf, oneOf, anyOf and references are put into one.
 * Spec: OpenAPI 3.1.1, "Schema Object"; JSON Schema 2020-12; OpenAPI 3.0.4 and 2.0 where they differ. */
#pragma once

#include <stdbool.h>

#include "probe/openapi/schema/document.h"

/* The schemas that the one at hand lies in, outermost first: a schema that refers to itself ends there. All zero is
 * empty. */
struct openapi_path {
	json_t **items; /* borrowed from the document */
	size_t count, cap;
};
void openapi_path_done(struct openapi_path *p);
#define CLEANUP_OPENAPI_PATH CLEANUP(openapi_path_done)

/* Makes a new object without $ref, allOf, oneOf and anyOf. Of allOf all schemas are taken. Of oneOf and anyOf one is
 * taken: the first that has values and does not contain itself. Properties of one name are united; the schema's own
 * members win over those of allOf. A discriminator's property is a const with the name of the branch. Adds the
 * schemas that it used to path; the caller sets path->count back. NULL = no value fits, the path is too long, or the
 * schema contains itself. */
json_t *openapi_schema_flat(struct openapi_document *d, json_t *schema, struct openapi_path *path);

/* The type of a flat schema: its own, the first of several that is not "null", or what its members tell. */
const char *openapi_schema_type(const json_t *flat);
/* The values that the document's author has for it, best first: const, example, examples, default, enum. A new array,
 * at most max long. */
json_t *openapi_schema_given(const json_t *flat, size_t max);
