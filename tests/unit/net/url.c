#include "unit.h"

#include <stdlib.h>

#include "net/url.h"

static void parse_one(const char *s, const char *scheme, const char *host, unsigned port, const char *path)
{
	CLEANUP_NET_URL struct net_url u = {0};
	struct err err = {0};
	int r = net_url_parse(s, &u, &err);
	if (r < 0)
		print_error("%s: %s\n", s, err.msg);
	assert_int_equal(r, 0);
	assert_string_equal(u.scheme, scheme);
	assert_string_equal(u.host, host);
	assert_int_equal(u.port, port);
	assert_string_equal(u.path, path);
}

static void a_url_has_parts(void **state)
{
	parse_one("http://localhost:5000/v2/", "http", "localhost", 5000, "/v2/");
	parse_one("HTTPS://reg.example", "https", "reg.example", 443, "/");
	parse_one("http://reg.example/a?b=c%20d#e", "http", "reg.example", 80, "/a?b=c%20d");
	parse_one("http://reg.example?b", "http", "reg.example", 80, "/?b");
	parse_one("https://[::1]:5000/x", "https", "[::1]", 5000, "/x");
	parse_one("https://[2001:db8::7]", "https", "[2001:db8::7]", 443, "/");
	parse_one("http://[fe80::1%25eth0]:80/", "http", "[fe80::1%25eth0]", 80, "/");
	parse_one("http://127.0.0.1:65535/", "http", "127.0.0.1", 65535, "/");
}

static void what_is_no_url_is_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "reg.example",
	    "/v2/",
	    "http://",
	    "http:///v2/",
	    "http:///etc/passwd",
	    "http:/host/",
	    "http:host",
	    "https://:5000/",
	    "http://host:99999/",
	    "http://host:0/",
	    "https://[::1]:00",
	    "http://host:0x10/",
	    "http://host:-1/",
	    "http://ho st/",
	    "http://host/a b",
	    "http://host/\r\nX: y",
	    "http://[::1",
	    "http://[zz]/",
	    "file:///etc/passwd",
	    "file://localhost/etc/passwd",
	    "ftp://host/",
	    "gopher://host/",
	    "javascript:alert(1)",
	    "unix:///run/docker.sock",
	    "http://user@host/",
	    "http://user:password@host/",
	    "http://:password@host/",
	    "http://@host/",
	    "http://:@host/",
	    "https://reg.example@evil.example/",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct net_url u = {.port = 7};
		struct err err = {0};
		int r = net_url_parse(bad[i], &u, &err);
		if (r != -ERR_INVAL)
			print_error("taken: %s\n", bad[i]);
		assert_int_equal(r, -ERR_INVAL);
		assert_int_equal(err.code, ERR_INVAL);
		assert_null(strstr(err.msg, "password"));
		assert_int_equal(u.port, 7); /* set on success only */
	}
}

static void resolve_one(const char *base, const char *location, const char *want)
{
	CLEANUP_FREE char *got = NULL;
	struct err err = {0};
	int r = net_url_resolve(base, location, &got, &err);
	if (want ? r != 0 || strcmp(got, want) != 0 : r != -ERR_PROTO)
		print_error("%s + %s: %d %s%s\n", base, location, r, got ? got : "", err.msg);
	if (!want) {
		assert_int_equal(r, -ERR_PROTO);
		assert_null(got);
		assert_null(strstr(err.msg, "secret"));
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(got, want);
}

static void a_location_is_resolved(void **state)
{
	static const char http[] = "http://reg.example:5000/v2/a/b?old=1";
	static const char https[] = "https://reg.example/v2/a/b";
	resolve_one(http, "/v2/x?_state=s%2F1", "http://reg.example:5000/v2/x?_state=s%2F1");
	resolve_one(http, "c:/d", NULL);
	resolve_one(http, "./c:/d", "http://reg.example:5000/v2/a/c:/d");
	resolve_one(http, "/v2/c:d//e", "http://reg.example:5000/v2/c:d//e");
	resolve_one(http, "c", "http://reg.example:5000/v2/a/c");
	resolve_one(http, "../c", "http://reg.example:5000/v2/c");
	resolve_one(http, "/../../../c", "http://reg.example:5000/c");
	resolve_one(http, "?new=2", "http://reg.example:5000/v2/a/b?new=2");
	resolve_one(http, "//cdn.example/x", "http://cdn.example/x");
	resolve_one(http, "http://cdn.example/x#part", "http://cdn.example/x");
	resolve_one(http, "https://cdn.example/x?sig=a+b%3D&c", "https://cdn.example/x?sig=a+b%3D&c");
	resolve_one(https, "https://cdn.example:8443/", "https://cdn.example:8443/");
	resolve_one(https, "//cdn.example/x", "https://cdn.example/x");
	resolve_one(https, "/a b", "https://reg.example/a%20b");
	resolve_one(https, "https://[::1]:5000/x", "https://[::1]:5000/x");
	resolve_one("http://[::1]:5000/x", "/y", "http://[::1]:5000/y");
}

static void a_location_leads_nowhere_else(void **state)
{
	static const char https[] = "https://reg.example/v2/a/b";
	resolve_one(https, "http://reg.example/v2/a/b", NULL);
	resolve_one(https, "HTTP://cdn.example/secret", NULL);
	resolve_one(https, "file:///etc/passwd", NULL);
	resolve_one(https, "FILE:///etc/passwd", NULL);
	resolve_one(https, "ftp://cdn.example/", NULL);
	resolve_one(https, "gopher://cdn.example/", NULL);
	resolve_one(https, "data:text/plain,x", NULL);
	resolve_one(https, "https://user:secret@cdn.example/", NULL);
	resolve_one(https, "//user:secret@cdn.example/", NULL);
	resolve_one(https, "https://@cdn.example/", NULL);
	resolve_one(https, "https:///x", NULL);
	resolve_one(https, "https:/cdn.example/x", NULL);
	resolve_one(https, "https:x", NULL);
	resolve_one(https, "///cdn.example/x", NULL);
	resolve_one(https, "https://host:99999/", NULL);
	resolve_one(https, "https://host/\r\nX: y", NULL);
	resolve_one(https, "/x\ty", NULL);
	CLEANUP_FREE char *got = NULL;
	assert_int_equal(net_url_resolve("reg.example", "/x", &got, NULL), -ERR_INVAL);
}

static void origins(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
	    {"https://reg.example/a", "https://reg.example:443/b?c", true},
	    {"http://reg.example", "HTTP://REG.example:80/", true},
	    {"https://[::1]/", "https://[::1]:443", true},
	    {"http://127.0.0.1:5000/", "http://127.0.0.1:5000/x", true},
	    {"https://reg.example/", "http://reg.example/", false},
	    {"https://reg.example/", "http://reg.example:443/", false},
	    {"https://reg.example/", "https://reg.example:8443/", false},
	    {"https://reg.example/", "https://reg.example.evil/", false},
	    {"https://reg.example/", "https://cdn.reg.example/", false},
	    {"https://reg.example/", "https://reg.example@evil.example/", false},
	    {"http://[fe80::1%25eth0]/", "http://[fe80::1%25eth1]/", false},
	    {"http://[::1]/", "http://127.0.0.1/", false},
	    {"https://reg.example/", "/relative", false},
	    {"nothing", "nothing", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (net_url_same_origin(cases[i].a, cases[i].b) != cases[i].same)
			print_error("%s, %s\n", cases[i].a, cases[i].b);
		assert_int_equal(net_url_same_origin(cases[i].a, cases[i].b), cases[i].same);
		assert_int_equal(net_url_same_origin(cases[i].b, cases[i].a), cases[i].same);
	}
}

static void shown_one(const char *s, const char *want)
{
	CLEANUP_FREE char *got = net_url_without_query(s);
	assert_string_equal(got, want);
}

static void a_query_is_not_shown(void **state)
{
	shown_one("https://cdn.example/x?sig=secret#y", "https://cdn.example:443/x");
	shown_one("http://[::1]:5000/v2/", "http://[::1]:5000/v2/");
	shown_one("https://cdn.example?secret", "https://cdn.example:443/");
	shown_one("https://user:secret@cdn.example/", "(an invalid URL)");
	shown_one("secret", "(an invalid URL)");
}

static void this_machine(void **state)
{
	static const char *const here[] = {"http://localhost",    "https://LOCALHOST:5000/v2/", "http://a.localhost/",
					   "http://127.0.0.1:80", "https://127.1.2.3/",         "http://[::1]:5000/"};
	static const char *const there[] = {
	    "http://notlocalhost", "http://localhost.net", "http://128.0.0.1/", "http://127.0.0.1.net/",
	    "http://[::2]/",       "http://x/localhost",   "localhost"};
	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		assert_true(net_url_is_loopback(here[i]));
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		assert_false(net_url_is_loopback(there[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_url_has_parts),
	    cmocka_unit_test(what_is_no_url_is_refused),
	    cmocka_unit_test(a_location_is_resolved),
	    cmocka_unit_test(a_location_leads_nowhere_else),
	    cmocka_unit_test(origins),
	    cmocka_unit_test(this_machine),
	    cmocka_unit_test(a_query_is_not_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
