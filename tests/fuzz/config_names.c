#include "keep/closure/closures.h"
#include "keep/source/config_names.h"
#include "sources.h"

/* The names in an image's configuration, which may hold anything. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	if (oci_image_config_parse((const char *)data, n, &c, NULL) < 0)
		return 0;
	struct fuzz_image *m = FUZZ_IMAGE(sources);
	struct err err = {0};
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m->index, &c, KEEP_CLOSURE);
	keep_config(&k, &c);
	keep_config_names(&k);
	const int r = keep_closures(&k, &err);
	assert(r == 0);
	return 0;
}
