/* probe/openapi/style.h - how values of parameters, and forms, are written.
 * Spec: OpenAPI 3.1.1, "Style Values"; RFC 6570. */
#pragma once

#include "base/buf.h"
#include "probe/openapi/parameter.h"

/* Appends the value in its style: for a path the text in place of "{name}"; for a query "a=1&a=2"; for a header and a
 * cookie the text behind the name. Percent-encoded except for headers. */
void openapi_style_write(const struct openapi_parameter *p, json_t *value, struct buf *out);
/* Appends the members of an object as application/x-www-form-urlencoded has them. Objects in it are a[b]=1. */
void openapi_style_write_form(json_t *object, struct buf *out);
