#include "base/limits.h"
#include "formats/java_class.h"
#include "fuzz.h"

static void on_text(void *ctx, const char *text, size_t n)
{
	const struct fuzz_input *in = ctx;
	assert((const uint8_t *)text >= in->data && (const uint8_t *)text + n <= in->data + in->n);
}

/* Checks that texts lie in the file, and that the name is a path. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	CLEANUP_BUF struct buf name = {0};
	java_class_texts((const char *)data, n, on_text, &in);
	if (java_class_name((const char *)data, n, &name))
		assert(name.len && name.len <= LIMIT_PATH && strlen(name.data) == name.len);
	return 0;
}
