#include "fuzz.h"

#include "ci/gate/private_key.h"

/* Checks that a key has a key's first line, and is still found after other lines. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char before[] = "-----BEGIN CERTIFICATE-----\r\nAAAA\n", mark[] = "PRIVATE KEY-----";
	CLEANUP_BUF struct buf more = {0};
	if (!ci_gate_private_key_text((const char *)data, n))
		return 0;
	assert(memmem(data, n, mark, strlen(mark)));
	buf_str(&more, before);
	buf_append(&more, data, n);
	assert(ci_gate_private_key_text(more.data, more.len));
	return 0;
}
