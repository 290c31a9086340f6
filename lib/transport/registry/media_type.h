/* transport/registry/media_type.h - tells which kind of document an answer is. Private to lib/transport/registry/. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Finds the type of a manifest or index. The document's own mediaType decides, or else its members, since its digest
 * covers those. content_type (NULL = none): ERR_CORRUPT if it is another one of the known types; simple servers send
 * application/json or text/plain. Schema 1 is ERR_UNSUPPORTED. */
int registry_media_type(const struct buf *document, const char *content_type, char *out, size_t size,
			struct err *err) MUST_CHECK;
