/* transport/table.h - the table of backends by scheme. Private to lib/transport/. */
#pragma once

#include "transport/backend.h"

/* ERR_UNSUPPORTED for a bare name. */
int transport_backend_find(const struct oci_ref *ref, const struct transport_backend **out, struct err *err) MUST_CHECK;
/* Returns r. If it is an error, text, the reference, comes before its message. */
int transport_name_error(int r, const char *text, struct err *err) MUST_CHECK;
