/* transport/registry/media_type.h - tells which kind of document an answer is. Private to lib/transport/registry/. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* The type of a manifest or index: what the document says of itself decides, or what it consists of, since that is what
 * its digest covers. content_type (NULL = none): one of the known types that is another one is ERR_CORRUPT; simple
 * servers say application/json or text/plain. Schema 1 is ERR_UNSUPPORTED. */
int registry_media_type(const struct buf *document, const char *content_type, char *out, size_t size,
			struct err *err) MUST_CHECK;
