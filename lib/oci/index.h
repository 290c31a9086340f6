/* oci/index.h - image index and Docker manifest list. Spec: image-spec 1.1 image-index.md. */
#pragma once

#include "base/buf.h"
#include "oci/descriptor.h"

struct oci_index {
	struct oci_descriptor *manifests;
	size_t count;
};

int oci_index_parse(const char *data, size_t n, struct oci_index *out, struct err *err) MUST_CHECK;
bool oci_media_type_is_index(const char *media_type);
/* A manifest or an index of either family: what registries keep apart from blobs. */
bool oci_media_type_is_manifest(const char *media_type);
/* The entry for the platform: an exact match (variant too) before one that only matches; entries
 * without platform count as matching, attestations (unknown/unknown) never. ERR_NOTFOUND lists the
 * platforms that are there. */
int oci_index_select(const struct oci_index *index, const struct oci_platform *want, const struct oci_descriptor **out,
		     struct err *err) MUST_CHECK;
void oci_index_done(struct oci_index *index);
#define CLEANUP_OCI_INDEX CLEANUP(oci_index_done)
