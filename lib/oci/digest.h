/* oci/digest.h - content digests, sha256 only.
 * Spec: OCI image-spec 1.1, descriptor.md (digests). */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "text/sha256.h"

/* "sha256:" and 64 lower-case hex digits; all zero = none. */
struct oci_digest {
	char text[7 + 64 + 1];
};

/* ERR_UNSUPPORTED for another algorithm, ERR_CORRUPT for a malformed one. */
int oci_digest_parse(const char *s, struct oci_digest *out, struct err *err) MUST_CHECK;
void oci_digest_from_bytes(const uint8_t hash[SHA256_SIZE], struct oci_digest *out);
void oci_digest_of(const void *data, size_t n, struct oci_digest *out);
bool oci_digest_equal(const struct oci_digest *a, const struct oci_digest *b);
static inline const char *oci_digest_hex(const struct oci_digest *d) /* the 64 digits */
{
	return d->text + 7;
}

/* chain ID of image-spec config.md: out = layer for the first one (parent NULL), else
 * sha256(parent + " " + layer). */
void oci_chain_id(const struct oci_digest *parent, const struct oci_digest *diff_id, struct oci_digest *out);
