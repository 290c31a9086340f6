#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "oci/ref.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that a reference which parses is written back unchanged. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE char *s = mem_strndup((const char *)data, n);
	CLEANUP_OCI_REF struct oci_ref r = {0};
	struct err err = {0};
	if (oci_ref_parse(s, &r, &err) < 0) {
		assert(err.code == ERR_INVAL && err.msg[0]);
		return 0;
	}
	CLEANUP_FREE char *text = oci_ref_text(&r);
	assert(strcmp(text, s) == 0);
	assert(r.location[0] && (!r.tag || r.tag[0]));
	return 0;
}
