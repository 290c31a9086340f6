/* probe/openapi/bounds.h - limits for the requests of one document. Requests beyond them are left out, with a note. */
#pragma once

#define PROBE_OPENAPI_OPERATIONS 2000
#define PROBE_OPENAPI_REQUESTS 4000
#define PROBE_OPENAPI_BODY (1u << 20)   /* bytes of one request */
#define PROBE_OPENAPI_BYTES (64u << 20) /* of all */
