/* transport/document.h - reads small blobs and checks them. Private to lib/transport/. */
#pragma once

#include "transport/backend.h"

/* ERR_CORRUPT unless the n bytes of data have the size and digest of d. */
int transport_check_bytes(const struct oci_descriptor *d, const void *data, size_t n, struct err *err) MUST_CHECK;
/* The bytes of a manifest or config of a source, checked against size and digest of d; more than max is ERR_LIMIT. out
 * is replaced. */
int transport_read_document(const struct transport_backend *backend, void *ctx, const struct oci_descriptor *d,
			    size_t max, struct buf *out, struct err *err) MUST_CHECK;
/* From an index to the manifest for want: doc, the bytes that d describes, and d are replaced. A manifest stays. */
int transport_resolve_index(const struct transport_backend *backend, void *ctx, const struct oci_platform *want,
			    struct buf *doc, struct oci_descriptor *d, struct err *err) MUST_CHECK;
