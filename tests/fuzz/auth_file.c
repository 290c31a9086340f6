#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "net/auth/auth_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void look(const struct net_auth_file *f, const char *host, const char *repository)
{
	CLEANUP_NET_AUTH_FILE_ANSWER struct net_auth_file_answer a = {0};
	struct err err = {0};
	if (net_auth_file_find(f, host, repository, &a, &err) < 0) {
		assert((err.code == ERR_CORRUPT || err.code == ERR_LIMIT) && err.msg[0]);
		assert(!a.helper && !a.credentials.user && !a.credentials.identity_token);
		return;
	}
	const struct net_auth_credentials *c = &a.credentials;
	assert(!c->user == !c->password && !(c->user && c->identity_token));
	assert(!c->from && !(a.helper && (c->user || c->identity_token)));
	assert(!a.helper == !a.servers.count);
	assert(!c->password || strlen(c->user) + strlen(c->password) < LIMIT_AUTH_FILE);
}

/* An answer is a helper, a user with a password, a token, or nothing. The first byte says whether it is a .dockercfg.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_NET_AUTH_FILE struct net_auth_file f = {0};
	struct err err = {0};
	bool legacy = n && data[0] == '!';
	if (net_auth_file_parse((const char *)data + legacy, n - legacy, legacy, &f, &err) < 0) {
		assert((err.code == ERR_CORRUPT || err.code == ERR_LIMIT) && err.msg[0] && !f.root);
		return 0;
	}
	(void)net_auth_file_has_secrets(&f); /* must not crash */
	look(&f, "docker.io", "library/nginx");
	look(&f, "reg.example:5000", "team/app");
	look(&f, "", "");
	return 0;
}
