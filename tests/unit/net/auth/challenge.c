#include "unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "net/auth/challenge.h"

struct sample {
	const char *header;
	enum net_challenge_scheme scheme;
	const char *realm, *service, *scope, *error;
};

static void same(const char *header, const char *what, const char *got, const char *want)
{
	if (!got != !want || (got && strcmp(got, want) != 0))
		fail_msg("%s: %s is %s, not %s", header, what, got ? got : "NULL", want ? want : "NULL");
}

static void check(const struct sample *s)
{
	CLEANUP_NET_CHALLENGE struct net_challenge c = {0};
	struct err err = {0};
	if (net_challenge_parse(s->header, &c, &err) < 0)
		fail_msg("%s: %s", s->header, err.msg);
	if (c.scheme != s->scheme)
		fail_msg("%s: scheme %d", s->header, c.scheme);
	same(s->header, "realm", c.realm, s->realm);
	same(s->header, "service", c.service, s->service);
	same(s->header, "scope", c.scope, s->scope);
	same(s->header, "error", c.error, s->error);
}

#define HUB "https://auth.docker.io/token"

static void what_registries_send(void **state)
{
	static const struct sample samples[] = {
	    {"Bearer realm=\"" HUB "\",service=\"registry.docker.io\",scope=\"repository:library/nginx:pull,push\"",
	     NET_CHALLENGE_BEARER, HUB, "registry.docker.io", "repository:library/nginx:pull,push", NULL},
	    {"Bearer realm=\"" HUB "\",service=\"s\",scope=\"a:b:pull c:d:pull\",error=\"invalid_token\"",
	     NET_CHALLENGE_BEARER, HUB, "s", "a:b:pull c:d:pull", "invalid_token"},
	    {"Basic realm=\"Registry Realm\"", NET_CHALLENGE_BASIC, "Registry Realm", NULL, NULL, NULL},
	    {"Basic", NET_CHALLENGE_BASIC, NULL, NULL, NULL, NULL},
	    {"BEARER REALM=\"r\", Service=\"s\"", NET_CHALLENGE_BEARER, "r", "s", NULL, NULL},
	    {"bearer\trealm = \"r\" ,\tservice=  s , scope=a:b/c:pull", NET_CHALLENGE_BEARER, "r", "s", "a:b/c:pull",
	     NULL},
	    {"Bearer realm=https://x/token?y=z,service=s", NET_CHALLENGE_BEARER, "https://x/token?y=z", "s", NULL,
	     NULL},
	    {"Bearer realm=\"a\\\"b\\\\c\",other=\"x,y=z\"", NET_CHALLENGE_BEARER, "a\"b\\c", NULL, NULL, NULL},
	    {"Bearer realm=\"r\",scope=\"first\",scope=\"second\"", NET_CHALLENGE_BEARER, "r", NULL, "first", NULL},
	    {"Bearer realm=\"r\",service=\"\"", NET_CHALLENGE_BEARER, "r", "", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		check(&samples[i]);
}

static void several_in_one(void **state)
{
	static const struct sample samples[] = {
	    {"Basic realm=\"b\", Bearer realm=\"r\",service=\"s\"", NET_CHALLENGE_BEARER, "r", "s", NULL, NULL},
	    {"Bearer realm=\"r\",service=\"s\", Basic realm=\"b\"", NET_CHALLENGE_BEARER, "r", "s", NULL, NULL},
	    {"Bearer realm=\"1\", Bearer realm=\"2\"", NET_CHALLENGE_BEARER, "1", NULL, NULL, NULL},
	    {"Negotiate, Basic realm=\"b\"", NET_CHALLENGE_BASIC, "b", NULL, NULL, NULL},
	    {"Negotiate YII+/._~-==, Basic realm=\"b\"", NET_CHALLENGE_BASIC, "b", NULL, NULL, NULL},
	    {"Digest realm=\"d\", nonce=\"n\", qop=\"auth,auth-int\", Basic realm=\"b\"", NET_CHALLENGE_BASIC, "b",
	     NULL, NULL, NULL},
	    {", ,Basic realm=\"b\",,", NET_CHALLENGE_BASIC, "b", NULL, NULL, NULL},
	    {"NTLM", NET_CHALLENGE_NONE, NULL, NULL, NULL, NULL},
	    /* nobody to ask for a token */
	    {"Bearer service=\"s\"", NET_CHALLENGE_NONE, NULL, NULL, NULL, NULL},
	    {"Bearer realm=\"\", Basic realm=\"b\"", NET_CHALLENGE_BASIC, "b", NULL, NULL, NULL},
	    {"Bearerx realm=\"r\"", NET_CHALLENGE_NONE, NULL, NULL, NULL, NULL},
	};
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		check(&samples[i]);
}

static void refused(const char *header, const char *says)
{
	CLEANUP_NET_CHALLENGE struct net_challenge c = {0};
	struct err err = {0};
	if (net_challenge_parse(header, &c, &err) != -ERR_PROTO || !strstr(err.msg, says))
		fail_msg("%.100s: %s", header, err.msg);
	assert_null(c.realm);
}

static void what_is_none(void **state)
{
	refused("", "empty");
	refused(" ,, ", "empty");
	refused("Bearer realm=\"https://x", "quotes");
	refused("Bearer realm=\"x\\", "quotes");
	refused("Bearer realm=\"x\\\"", "quotes");
	refused("Bearer realm=\"a\x01"
		"b\"",
		"control");
	refused("Bearer realm=\"x\" service=\"y\"", "comma");
	refused("Bearer realm=\"x\"service=\"y\"", "comma");
	refused("Bearer realm=\"x\",realm=\"y\"", "twice");
	refused("=x", "scheme");
	refused("\"Bearer\" realm=\"x\"", "scheme");
	refused("Bearer/realm=\"x\"", "scheme");
	refused("Bearer realm=\"x\", \"y\"", "scheme");
	refused("Bearer realm=x\x7f", "comma");
}

static void larger_than_it_may_be(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "Bearer realm=\"x\"");
	for (int i = 0; i < 10000; i++)
		buf_printf(&b, ",p%d=\"\"", i);
	refused(b.data, "too large");
	b.len = 0;
	buf_str(&b, "Bearer realm=\"x\"");
	for (int i = 0; i < LIMIT_CHALLENGE_PARAMETERS; i++)
		buf_printf(&b, ",p%d=\"\"", i);
	refused(b.data, "too many parameters");
	b.len = 0;
	for (int i = 0; i < LIMIT_CHALLENGE / 4; i++)
		buf_str(&b, "a, ");
	CLEANUP_NET_CHALLENGE struct net_challenge c = {0};
	assert_int_equal(net_challenge_parse(b.data, &c, NULL), 0);
	assert_int_equal(c.scheme, NET_CHALLENGE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_registries_send),
	    cmocka_unit_test(several_in_one),
	    cmocka_unit_test(what_is_none),
	    cmocka_unit_test(larger_than_it_may_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
