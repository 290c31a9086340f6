/* probe/openapi/schema/document.h - an API description as a tree of JSON values, with the files beside it that it
 * refers to. Spec: OpenAPI 3.1.1, "Reference Object"; RFC 6901. References lead to the document itself and, if it has a
 * folder, to files in it; never to a URL, never outside of the folder. Each is looked up when it is met, so that a
 * circle of them costs nothing until it is followed. Lifetime: all values are borrowed from the document. Not
 * thread-safe. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/notes.h"
#include "base/strset.h"

struct openapi_document {
	json_t *root;
	bool swagger;        /* 2.0; else 3 */
	int dir;             /* folder, -1 = none; borrowed */
	struct strset names; /* of the other files, relative to the folder */
	json_t **files;      /* beside names; NULL = can't be read */
	size_t files_cap;
	struct strset lost; /* references that lead nowhere */
	size_t work;        /* what is left of the steps that making requests may take */
};

/* The text of a file or an answer as a tree: JSON if it begins with a brace, else YAML. ERR_CORRUPT, ERR_INVAL,
 * ERR_LIMIT. */
int openapi_document_parse(const char *data, size_t n, const char *what, json_t **out, struct err *err) MUST_CHECK;

/* root: kept until _done. ERR_INVAL if it is neither OpenAPI 3 nor Swagger 2. what: named in the message. */
int openapi_document_init(struct openapi_document *d, json_t *root, int dir, const char *what,
			  struct err *err) MUST_CHECK;
void openapi_document_done(struct openapi_document *d);
#define CLEANUP_OPENAPI_DOCUMENT CLEANUP(openapi_document_done)

/* What value stands for: itself, or what its $ref leads to in the end. NULL if that is nowhere. */
json_t *openapi_document_resolve(struct openapi_document *d, json_t *value);
/* The member of a resolved object, resolved. */
json_t *openapi_document_member(struct openapi_document *d, json_t *object, const char *key);
/* What a reference of the main document leads to, not resolved further. */
json_t *openapi_document_at(struct openapi_document *d, const char *reference);
/* Its example and the values of its examples, a few at most: a new array. */
json_t *openapi_document_examples(struct openapi_document *d, json_t *object);
/* Takes steps from work; false = there are not so many left. */
bool openapi_document_spend(struct openapi_document *d, size_t steps);
/* A note that names the references that lead nowhere, if there are any. */
void openapi_document_remark(const struct openapi_document *d, const char *what, struct notes *notes);
