/* probe/http/multipart.h - writes the parts of a request as multipart/form-data (RFC 7578), as browsers do (WHATWG
 * HTML, "multipart form data"). The same parts give the same bytes. */
#pragma once

#include "probe/script/script.h"

/* Appends to out; *type: of the body, with the boundary; free(). Errors are those of probe_variables_expand. */
int probe_multipart_write(const struct probe_request *q, const struct strlist *variables, struct buf *out, char **type,
			  struct err *err) MUST_CHECK;
