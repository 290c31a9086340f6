#include <assert.h>
#include <stdint.h>

#include "base/limits.h"
#include "formats/beam.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void on_bytes(void *ctx, const char *text, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (unsigned char)text[i];
	assert(n && (sum || !text[0]));
}

/* Checks that the bytes of each callback can be read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	(void)beam_read((const char *)data, n, &(struct beam){on_bytes, on_bytes, NULL});
	return 0;
}
