/* probe/openapi/security.h - the credentials that an operation asks for, from those that the user gave.
 * Spec: OpenAPI 3.1.1, "Security Scheme Object", "Security Requirement Object"; 2.0, the same. */
#pragma once

#include "base/strlist.h"
#include "probe/openapi/operation.h"
#include "probe/script/script.h"

struct openapi_credentials {
	const struct strlist
	    *given;            /* "SCHEME=VALUE" for the scheme of that name, or "VALUE" for all others; or NULL */
	struct strset missing; /* schemes without credentials */
	size_t without;        /* operations that are sent without what they ask for */
};

/* Puts the first alternative that the user has credentials for into r: basic and bearer, OAuth and OpenID Connect as a
 * bearer token, API keys in a header. An API key of the query is appended to query, one of a cookie to cookies, as
 * "NAME=VALUE". False: the user has none for any of them, and the operation does not go without. */
bool openapi_credentials_put(struct openapi_credentials *c, struct openapi_document *d,
			     const struct openapi_operation *o, struct probe_request *r, struct strlist *query,
			     struct strlist *cookies);
/* A note if credentials are missing. */
void openapi_credentials_remark(const struct openapi_credentials *c, const char *what, struct notes *notes);
void openapi_credentials_done(struct openapi_credentials *c);
