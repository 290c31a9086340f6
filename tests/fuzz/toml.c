#include <assert.h>
#include <stdint.h>

#include "text/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that JSON can hold an accepted document, and that a refusal has a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	json_t *v = NULL;
	struct err err = {0};
	if (toml_parse((const char *)data, n, "the file", &v, &err) < 0) {
		assert(!v && err.code && err.msg[0]);
		return 0;
	}
	char *text = json_dumps(v, 0);
	assert(json_is_object(v) && text);
	free(text);
	json_decref(v);
	return 0;
}
