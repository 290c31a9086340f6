/* probe/openapi/openapi.h - an API description as a script: each operation once, and again for further examples and
 * enumerated values, other media types, and with its optional parameters.
 * Spec: OpenAPI 3.0.4 and 3.1.1; 2.0 (Swagger). The same document gives the same script. Order: what makes a thing
 * comes before what reads, changes and deletes it; ids that answers hold are captured, and an example or made value
 * stands in where none was. Bounds: PROBE_OPENAPI_OPERATIONS, PROBE_OPENAPI_REQUESTS, PROBE_OPENAPI_BODY and
 * PROBE_OPENAPI_BYTES; notes say what was left out. Nothing is fetched, and no file read but those beside the document.
 */
#pragma once

#include "base/notes.h"
#include "probe/script/script.h"

struct probe_openapi_options {
	const char *base;                  /* before each path, "/v1"; NULL = as the document says */
	const struct strlist *credentials; /* "SCHEME=VALUE" or "VALUE", see probe/openapi/security.h; NULL = none */
	bool expects;                      /* an answer must have a status that the document lists */
};

/* Appends the requests of a document to out; data is its text, JSON or YAML. what: names it in messages and notes.
 * dir: its folder, for references to files; -1 = such references are left out. ERR_INVAL, ERR_CORRUPT, ERR_LIMIT. */
int probe_openapi_read(const char *data, size_t n, const char *what, int dir,
		       const struct probe_openapi_options *options, struct probe_script *out, struct notes *notes,
		       struct err *err) MUST_CHECK;
/* The same of a file. text: "FILE" or "FILE:BASE", which is split as probe_openapi_split does. */
int probe_openapi_read_file(const char *text, const struct probe_openapi_options *options, struct probe_script *out,
			    struct notes *notes, struct err *err) MUST_CHECK;
/* Splits PATH[:BASE], where BASE begins with a slash. *base: for probe_openapi_options, NULL if it is not given.
 * free() both. */
void probe_openapi_split(const char *text, char **path, char **base);
