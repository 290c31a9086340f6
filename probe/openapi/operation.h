/* probe/openapi/operation.h - the operations of a document, both versions read into one shape.
 * Spec: OpenAPI 3.1.1, "Path Item Object", "Operation Object"; 2.0, the same. */
#pragma once

#include "probe/openapi/media.h"
#include "probe/openapi/parameter.h"

struct openapi_operation {
	const char *method; /* "GET" */
	const char *path;   /* as the document has it, "/pets/{petId}" */
	char *base;         /* what stands before it: "/v1", or "" */
	json_t *object, *item;
	struct openapi_parameter *parameters; /* those of the path, too */
	size_t n_parameters;
	struct openapi_body body;
	size_t id; /* place in the document */
};

struct openapi_operations {
	struct openapi_operation *items; /* as in the document */
	size_t count, cap;
	size_t left_out; /* beyond the bound on their number */
	size_t too_long; /* whose path is too long, or has too many parameters */
};

/* base: before each path, instead of what the document says; NULL = that. */
void openapi_operations_read(struct openapi_document *d, const char *base, size_t max, struct openapi_operations *out);
void openapi_operations_done(struct openapi_operations *o);
#define CLEANUP_OPENAPI_OPERATIONS CLEANUP(openapi_operations_done)

/* The path of a document's server: variables have their defaults, the host is left out; free(). */
char *openapi_base(struct openapi_document *d, const struct openapi_operation *o);
