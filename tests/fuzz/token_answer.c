#include "base/limits.h"
#include "fuzz.h"
#include "net/auth/token_answer.h"

/* Checks that a token fits a header line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_NET_TOKEN_ANSWER struct net_token_answer a = {0};
	struct err err = {0};
	if (net_token_answer_parse((const char *)data, n, 1700000000, &a, &err) < 0) {
		assert(err.code && err.msg[0] && !a.token);
		return 0;
	}
	assert(a.token[0]);
	for (const char *c = a.token; *c; c++)
		assert(*c > ' ' && *c < 0x7f);
	return 0;
}
