#include "fuzz.h"
#include "net/auth/credential_helper.h"

/* Checks that the answer is a user with a password, a token, or nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	struct err err = {0};
	bool found = false;
	if (net_credential_helper_parse((const char *)data, n, &found, &c, &err) < 0) {
		assert(err.code && err.msg[0]);
		return 0;
	}
	assert(!c.user == !c.password && !(c.user && c.identity_token));
	assert(found == (c.user || c.identity_token));
	return 0;
}
