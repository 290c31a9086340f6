#include "fuzz.h"
#include "transport/registry/content_range.h"

/* Checks that only a range with the requested start is accepted. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE char *value = mem_strndup((const char *)data, n);
	if (registry_content_range(value, 5, 10))
		assert(!registry_content_range(value, 6, 10) && strchr(value, '5'));
	return 0;
}
