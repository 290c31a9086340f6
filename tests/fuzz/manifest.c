#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "oci/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that a manifest which parses is written to bytes that parse to the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0}, again = {0};
	CLEANUP_BUF struct buf first = {0}, second = {0};
	if (oci_manifest_parse((const char *)data, n, &m, NULL) < 0)
		return 0;
	oci_manifest_write(&m, &first);
	struct err err = {0};
	int r = oci_manifest_parse(first.data, first.len, &again, &err);
	assert(r == 0);
	oci_manifest_write(&again, &second);
	assert(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	for (size_t i = 0; i < m.n_layers; i++) {
		enum oci_compression c;
		(void)!oci_layer_compression(m.layers[i].media_type, &c, &err);
	}
	return 0;
}
