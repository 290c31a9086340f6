#include "oci/digest.h"

#include <string.h>

#define HEX_DIGITS "0123456789abcdef"

int oci_digest_parse(const char *s, struct oci_digest *out, struct err *err)
{
	const char *colon = strchr(s, ':');
	size_t algorithm = colon ? (size_t)(colon - s) : 0;
	if (!algorithm || strspn(s, HEX_DIGITS "ghijklmnopqrstuvwxyz+._-") != algorithm)
		return err_set(err, ERR_CORRUPT, "digest-malformed",
			       "digest \"%s\" is malformed: it must be sha256:<64 hex digits>", s);
	if (algorithm != 6 || strncmp(s, "sha256", 6) != 0)
		return err_set(err, ERR_UNSUPPORTED, "digest-unsupported", "digest \"%s\": only sha256 is supported",
			       s);
	const char *hex = colon + 1;
	if (strlen(hex) != 64 || strspn(hex, HEX_DIGITS) != 64)
		return err_set(err, ERR_CORRUPT, "digest-malformed",
			       "digest \"%s\" is malformed: it must be sha256:<64 hex digits>", s);
	memcpy(out->text, s, sizeof(out->text));
	return 0;
}

void oci_digest_from_bytes(const uint8_t hash[SHA256_SIZE], struct oci_digest *out)
{
	char hex[SHA256_HEX_SIZE];
	sha256_hex(hash, hex);
	memcpy(out->text, "sha256:", 7);
	memcpy(out->text + 7, hex, sizeof(hex));
}

void oci_digest_of(const void *data, size_t n, struct oci_digest *out)
{
	uint8_t hash[SHA256_SIZE];
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	sha256_update(h, data, n);
	sha256_final(h, hash);
	oci_digest_from_bytes(hash, out);
}

bool oci_digest_equal(const struct oci_digest *a, const struct oci_digest *b)
{
	return strcmp(a->text, b->text) == 0;
}

void oci_chain_id(const struct oci_digest *parent, const struct oci_digest *diff_id, struct oci_digest *out)
{
	if (!parent) {
		*out = *diff_id;
		return;
	}
	char both[2 * sizeof(parent->text)];
	size_t n = strlen(parent->text);
	memcpy(both, parent->text, n);
	both[n++] = ' ';
	memcpy(both + n, diff_id->text, strlen(diff_id->text));
	oci_digest_of(both, n + strlen(diff_id->text), out);
}
