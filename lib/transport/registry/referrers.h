/* transport/registry/referrers.h - the list of what refers to an image, for a registry without the referrers API: an
 * index under the tag sha256-HEX. Spec: OCI distribution-spec 1.1, "Referrers Tag Schema". No I/O. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "oci/index.h"

#define REGISTRY_REFERRERS_TAG (7 + 64 + 1)
/* "sha256-HEX" */
const char *registry_referrers_tag(const struct oci_digest *subject, char out[REGISTRY_REFERRERS_TAG]);

/* Adds to index (empty = not there yet) an entry for the artifact manifest that d describes: its artifactType and its
 * annotations go into the entry. *changed is false, and out untouched, if it is there already. Other entries of the
 * index stay. ERR_CORRUPT, ERR_UNSUPPORTED: the document is not such an index, and must not be overwritten.
 * ERR_LIMIT: it is full. */
int registry_referrers_add(const struct buf *index, const struct oci_descriptor *d, const struct buf *manifest,
			   const char *artifact_type, struct buf *out, bool *changed, struct err *err) MUST_CHECK;

/* Adds to out the entries of index, an answer of the referrers API or such an index, whose artifactType is
 * artifact_type. ERR_LIMIT: out would have more than LIMIT_INDEX_ENTRIES. */
int registry_referrers_select(const struct buf *index, const char *artifact_type, struct oci_index *out,
			      struct err *err) MUST_CHECK;

/* Returns the next page of an answer, below /v2/NAME/ of the repository; NULL = this is the last one. link: of the
 * header Link, or NULL. ERR_PROTO if it leads elsewhere. free(). */
int registry_referrers_next(const char *link, const struct oci_digest *subject, char **path,
			    struct err *err) MUST_CHECK;
