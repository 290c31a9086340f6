/* probe/openapi/payload.h - the body of a request, as its media type has it. */
#pragma once

#include "probe/openapi/media.h"
#include "probe/script/script.h"

/* Values for it, best first, at most max. A new array, empty if nothing fits. */
json_t *openapi_payload_values(struct openapi_document *d, const struct openapi_media *media, size_t max);
/* Writes a value as the body, with its Content-Type. Returns false and changes nothing if slim can't write that media
 * type (XML, for one) and the value is not a text. */
bool openapi_payload_write(struct openapi_document *d, const struct openapi_media *media, json_t *value,
			   struct probe_request *r);
