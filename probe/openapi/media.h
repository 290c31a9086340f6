/* probe/openapi/media.h - which bodies a request may have.
 * Spec: OpenAPI 3.1.1, "Request Body Object", "Media Type Object"; 2.0, "Parameter Object" (body, formData). */
#pragma once

#include "probe/openapi/schema/document.h"

/* One media type of a request's body. */
struct openapi_media {
	const char *type;          /* "application/json"; borrowed */
	json_t *schema, *examples; /* schema: NULL = any; examples: array, best first. Owned */
	json_t *encoding;          /* of a form's fields; NULL = none; borrowed */
};

struct openapi_body {
	struct openapi_media *media; /* best first; none = no body */
	size_t count;
};

/* object, item: the operation, and what its path has for all of its operations. */
void openapi_body_read(struct openapi_document *d, json_t *object, json_t *item, struct openapi_body *out);
void openapi_body_done(struct openapi_body *b);
