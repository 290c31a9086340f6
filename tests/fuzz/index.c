#include <assert.h>
#include <stdint.h>

#include "oci/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that the selected manifest is one of the entries, and not for another platform. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct oci_platform wanted[] = {{"linux", "amd64", ""}, {"linux", "arm", "v7"}};
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	struct err err = {0};
	if (oci_index_parse((const char *)data, n, &index, &err) < 0)
		return 0;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		const struct oci_descriptor *d = NULL;
		if (oci_index_select(&index, &wanted[i], &d, &err) < 0) {
			assert(err.code == ERR_NOTFOUND);
			continue;
		}
		assert(d >= index.manifests && d < index.manifests + index.count);
		assert(oci_platform_matches(&d->platform, &wanted[i]));
	}
	return 0;
}
