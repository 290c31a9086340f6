/* probe/openapi/parameter.h - the parameters of an operation, in path, query, header and cookies, and how their values
 * are written. Spec: OpenAPI 3.1.1, "Parameter Object" and "Style Values"; 2.0, "Parameter Object". */
#pragma once

#include "base/buf.h"
#include "probe/openapi/schema/document.h"

enum openapi_place { OPENAPI_PATH, OPENAPI_QUERY, OPENAPI_HEADER, OPENAPI_COOKIE };

enum openapi_style {
	OPENAPI_SIMPLE,
	OPENAPI_LABEL,
	OPENAPI_MATRIX,
	OPENAPI_FORM,
	OPENAPI_SPACES, /* spaceDelimited, ssv */
	OPENAPI_TABS,   /* tsv */
	OPENAPI_PIPES,  /* pipeDelimited, pipes */
	OPENAPI_DEEP,   /* deepObject */
	OPENAPI_JSON,   /* its content is JSON */
};

struct openapi_parameter {
	enum openapi_place place;
	enum openapi_style style;
	bool explode, required, reserved; /* reserved: such characters are not encoded */
	const char *name;
	json_t *raw, *schema; /* borrowed from the document; raw holds its examples */
};

/* The parameter that the object says, without body and form parameters. False: it says none of these. */
bool openapi_parameter_read(struct openapi_document *d, json_t *object, struct openapi_parameter *out);
/* Values for it, best first, at most max; *given: how many of them the author gave, 0 = the only one was made. A new
 * array, empty if nothing fits. */
json_t *openapi_parameter_values(struct openapi_document *d, const struct openapi_parameter *p, size_t max,
				 size_t *given);
