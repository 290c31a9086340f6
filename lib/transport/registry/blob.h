/* transport/registry/blob.h - downloads a blob. Private to lib/transport/registry/. */
#pragma once

#include "oci/descriptor.h"
#include "transport/registry/client.h"

/* path: "blobs/DIGEST" or "manifests/DIGEST". out ends after d->size bytes; who reads it checks the digest. A
 * connection that breaks is made again, and the download goes on from where it stopped (RFC 9110, 14: Range). Both
 * arguments outlive out; d is copied. */
int registry_blob_open(struct registry_client *c, const char *path, const struct strlist *headers,
		       const struct oci_descriptor *d, const struct progress *progress, struct io_reader *out,
		       struct err *err) MUST_CHECK;
