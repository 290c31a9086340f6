#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "net/auth/challenge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const char *value)
{
	for (const char *p = value ? value : ""; *p; p++)
		assert(((unsigned char)*p >= 0x20 || *p == '\t') && *p != 0x7f);
}

/* Checks that a challenge has a realm to ask, that nothing in it breaks a header line, and that the only error is
 * ERR_PROTO. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE char *s = mem_strndup((const char *)data, n);
	CLEANUP_NET_CHALLENGE struct net_challenge c = {0};
	struct err err = {0};
	if (net_challenge_parse(s, &c, &err) < 0) {
		assert(err.code == ERR_PROTO && err.msg[0] && !c.realm);
		return 0;
	}
	assert(strlen(s) <= LIMIT_CHALLENGE);
	assert(c.scheme != NET_CHALLENGE_BEARER || (c.realm && c.realm[0]));
	check(c.realm);
	check(c.service);
	check(c.scope);
	check(c.error);
	return 0;
}
