/* A URL, a line, and where an answer from there points to. */
#include "fuzz.h"
#include "net/url.h"

/* Checks that a redirect leads to a URL, and never from HTTPS to plain HTTP. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	CLEANUP_FREE char *base = fuzz_cut(&in, "\n"), *location = fuzz_cut(&in, "\n"), *to = NULL;
	CLEANUP_NET_URL struct net_url u = {0}, v = {0};
	struct err err = {0};
	if (net_url_parse(base, &u, &err) < 0) {
		assert(err.code == ERR_INVAL && err.msg[0] && !u.host);
		return 0;
	}
	assert(u.host[0] && u.port && u.port <= 65535 && u.path[0] == '/' && !strpbrk(u.path, " \r\n"));
	CLEANUP_FREE char *shown = net_url_without_query(base);
	assert(!strchr(shown, '?') && net_url_same_origin(base, base));
	(void)net_url_is_loopback(base);
	if (net_url_resolve(base, location, &to, &err) < 0) {
		assert(err.code == ERR_PROTO);
		return 0;
	}
	const int r = net_url_parse(to, &v, &err);
	assert(r < 0 || !(strcmp(u.scheme, "https") == 0 && strcmp(v.scheme, "http") == 0));
	return 0;
}
