/* probe/openapi/request.h - the requests that one operation gives. */
#pragma once

#include "probe/openapi/resource.h"
#include "probe/openapi/security.h"

struct openapi_writer {
	struct openapi_document *document;
	bool expects; /* the statuses that the document lists */
	const struct openapi_operations *operations;
	struct openapi_resources *resources;
	struct openapi_credentials credentials;
	struct probe_script *script;
	size_t first;          /* requests that the script had before */
	size_t most;           /* requests of one operation */
	size_t bytes;          /* of all requests so far */
	size_t too_large;      /* requests left out for their size, or for that of all */
	size_t too_many;       /* operations left out because there are enough requests */
	struct strset no_body; /* media types that slim has no bytes for */
};

void openapi_request_write(struct openapi_writer *w, const struct openapi_operation *o);
