/* oci/descriptor.h - the descriptor by which a manifest or index names a blob. Spec: image-spec 1.1, descriptor.md;
 * media types: media-types.md, Docker image manifest version 2 schema 2. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "oci/digest.h"
#include "oci/platform.h"

#define OCI_MEDIA_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_MEDIA_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_MEDIA_CONFIG "application/vnd.oci.image.config.v1+json"
#define OCI_MEDIA_LAYER "application/vnd.oci.image.layer.v1.tar" /* then "", "+gzip", "+zstd" */
#define DOCKER_MEDIA_LIST "application/vnd.docker.distribution.manifest.list.v2+json"
#define DOCKER_MEDIA_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_MEDIA_CONFIG "application/vnd.docker.container.image.v1+json"
#define DOCKER_MEDIA_LAYER "application/vnd.docker.image.rootfs.diff.tar" /* then "", ".gzip", ".zstd" */

/* Which of the two families of media types a document belongs to. */
enum oci_family { OCI_FAMILY_OCI, OCI_FAMILY_DOCKER };

enum oci_compression { OCI_COMPRESSION_NONE, OCI_COMPRESSION_GZIP, OCI_COMPRESSION_ZSTD };

struct oci_descriptor {
	char media_type[128];
	struct oci_digest digest;
	uint64_t size;                /* bytes of the blob */
	struct oci_platform platform; /* of an index entry */
	char ref_name[256];           /* annotation org.opencontainers.image.ref.name; "" = none */
};

int oci_descriptor_parse(const json_t *v, struct oci_descriptor *out, struct err *err) MUST_CHECK;
json_t *oci_descriptor_json(const struct oci_descriptor *d); /* a new reference */
/* Describes n bytes; bytes may be NULL if n is 0. media_type is shorter than the member. */
void oci_descriptor_of(const char *media_type, const void *bytes, size_t n, struct oci_descriptor *out);

/* The media type of a layer. */
const char *oci_layer_media_type(enum oci_family family, enum oci_compression c);
/* Gives the compression that a layer's media type names. ERR_UNSUPPORTED for a foreign, encrypted or unknown type.
 * (When unpacking, the bytes themselves decide.) */
int oci_layer_compression(const char *media_type, enum oci_compression *out, struct err *err) MUST_CHECK;
