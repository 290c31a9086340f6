/* oci/manifest.h - image manifest. Spec: image-spec 1.1 manifest.md; Docker image manifest v2 schema 2. */
#pragma once

#include "base/buf.h"
#include "oci/descriptor.h"

struct oci_manifest {
	enum oci_family family;
	struct oci_descriptor config;
	struct oci_descriptor *layers;
	size_t n_layers;
	json_t *annotations; /* object or NULL */
};

/* Bytes of a manifest of either family; schema 1 is ERR_UNSUPPORTED, artifacts that are not images too. */
int oci_manifest_parse(const char *data, size_t n, struct oci_manifest *out, struct err *err) MUST_CHECK;
/* Canonical text: the same manifest gives the same bytes. Docker's family has no annotations. */
void oci_manifest_write(const struct oci_manifest *m, struct buf *out);
static inline const char *oci_manifest_media_type(const struct oci_manifest *m)
{
	return m->family == OCI_FAMILY_DOCKER ? DOCKER_MEDIA_MANIFEST : OCI_MEDIA_MANIFEST;
}
void oci_manifest_done(struct oci_manifest *m);
#define CLEANUP_OCI_MANIFEST CLEANUP(oci_manifest_done)
