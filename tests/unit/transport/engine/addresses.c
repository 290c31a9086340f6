#include "transport/fixture.h"

#include "transport/engine/addresses.h"
#include "transport/engine/endpoint.h"
#include "transport/engine/engine.h"

/* Where engines are looked for: environment, contexts, sockets. */

static const char *const variables[] = {"DOCKER_HOST",        "DOCKER_CONTEXT",   "DOCKER_TLS_VERIFY",
					"DOCKER_TLS",         "DOCKER_CERT_PATH", "DOCKER_CONFIG",
					"DOCKER_API_VERSION", "CONTAINER_HOST",   "CONTAINERS_STORAGE_CONF",
					"XDG_RUNTIME_DIR",    "XDG_CONFIG_HOME",  "XDG_DATA_HOME"};

static int setup(void **state)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	int r = fixture_setup(state);
	setenv("HOME", r == 0 ? *state : "/", 1);
	setenv("PATH", r == 0 ? *state : "/", 1);
	return r;
}

#define ADDRESS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)

static void text_file(const char *path, const char *text)
{
	CLEANUP_FREE char *dir = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
	assert_int_equal(fd_mkdir_p(AT_FDCWD, dir, 0755, NULL), 0);
	fixture_file(path, text, strlen(text));
}

struct list {
	struct engine_address *items;
	size_t count;
};

static void list_done(struct list *l)
{
	engine_addresses_done(l->items, l->count);
}
#define CLEANUP_LIST CLEANUP(list_done)

/* The addresses, as "URL (FROM) URL (FROM)". */
static char *addresses(enum oci_scheme scheme)
{
	CLEANUP_LIST struct list l = {0};
	struct err e = {0};
	struct buf b = {0};
	assert_ok(engine_addresses(scheme, &l.items, &l.count, &e), &e);
	for (size_t i = 0; i < l.count; i++)
		buf_printf(&b, "%s%s (%s)", i ? " " : "", l.items[i].url, l.items[i].from);
	return buf_steal(&b);
}

static void assert_has(enum oci_scheme scheme, const char *part)
{
	CLEANUP_FREE char *all = addresses(scheme);
	if (!strstr(all, part))
		fail_msg("\"%s\" has no \"%s\"", all, part);
}

static void assert_refused(enum oci_scheme scheme, enum err_code code, const char *says)
{
	struct list l = {0};
	struct err e = {0};
	assert_int_equal(engine_addresses(scheme, &l.items, &l.count, &e), -(int)code);
	assert_says(&e, says);
}

static void urls(void **state)
{
	static const struct {
		const char *url;
		enum engine_endpoint_kind kind;
		const char *path, *user, *host;
		unsigned port;
	} good[] = {
	    {"unix:///run/docker.sock", ENGINE_UNIX, "/run/docker.sock"},
	    {"unix:///a b/docker.sock", ENGINE_UNIX, "/a b/docker.sock"},
	    {"tcp://host", ENGINE_TCP, NULL, NULL, "host"},
	    {"tcp://10.0.0.1:2376/", ENGINE_TCP, NULL, NULL, "10.0.0.1", 2376},
	    {"tcp://[::1]:2375", ENGINE_TCP, NULL, NULL, "[::1]", 2375},
	    {"ssh://host", ENGINE_SSH, NULL, NULL, "host"},
	    {"ssh://me@host:22", ENGINE_SSH, NULL, "me", "host", 22},
	    {"ssh://me@[fe80::1%eth0]:22/run/user/1000/podman.sock", ENGINE_SSH, "/run/user/1000/podman.sock", "me",
	     "fe80::1%eth0", 22},
	    {"ssh://host/", ENGINE_SSH, NULL, NULL, "host"},
	    {"podman:", ENGINE_PODMAN},
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CLEANUP_ENGINE_ENDPOINT struct engine_endpoint p = {0};
		struct err e = {0};
		assert_ok(engine_endpoint_parse(good[i].url, &p, &e), &e);
		const char *have[] = {p.path, p.user, p.host}, *want[] = {good[i].path, good[i].user, good[i].host};
		assert_int_equal(p.kind, good[i].kind);
		assert_int_equal(p.port, good[i].port);
		for (int n = 0; n < 3; n++)
			assert_string_equal(have[n] ? have[n] : "(none)", want[n] ? want[n] : "(none)");
	}
}

#define DEEP "0123456789012345678901234567890123456789"

static void hostile_urls(void **state)
{
	static const char *const bad[] = {
	    "",
	    "docker.sock",
	    "/run/docker.sock",
	    "unix://run/docker.sock",
	    "unix://",
	    "unix:///run/\x1b[2J",
	    "unix:///" DEEP DEEP DEEP,
	    "tcp://",
	    "tcp://:2375",
	    "tcp://host:0",
	    "tcp://host:65536",
	    "tcp://host:1:2",
	    "tcp://host:",
	    "tcp://me@host:2375",
	    "tcp://host:2375/path",
	    "tcp://ho st:2375",
	    "tcp://[::1",
	    "tcp://[]:1",
	    "tcp://host?x",
	    "ssh://-oProxyCommand=x",
	    "ssh://-oProxyCommand=x@host",
	    "ssh://me@-host",
	    "ssh://me@host;id",
	    "ssh://me:secret@host",
	    "ssh://@host",
	    "ssh://host/run/$(id)",
	    "ssh://host/run/a b",
	    "ssh://host/run/a\nb",
	    "http://host:2375",
	    "https://host:2376",
	    "npipe:////./pipe/docker_engine",
	    "fd://",
	    "ftp://host",
	    "podman:x",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP_ENGINE_ENDPOINT struct engine_endpoint p = {0};
		struct err e = {0};
		if (engine_endpoint_parse(bad[i], &p, &e) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_true(e.code == ERR_INVAL || e.code == ERR_UNSUPPORTED);
		assert_null(strstr(e.msg, "secret"));
		assert_null(strchr(e.msg, '\x1b'));
	}
	struct err e = {0};
	struct engine_endpoint p;
	assert_int_equal(engine_endpoint_parse("https://host:2376", &p, &e), -ERR_INVAL);
	assert_says(&e, "tcp://");
	assert_says(&e, "DOCKER_TLS_VERIFY");
}

static void sockets(void **state)
{
	setenv("XDG_RUNTIME_DIR", "/nowhere/rt", 1);
	setenv("HOME", "/nowhere/home", 1);
	assert_has(OCI_SCHEME_DOCKER_DAEMON, "unix:///run/docker.sock (docker's socket)");
	assert_has(OCI_SCHEME_DOCKER_DAEMON, "unix:///nowhere/rt/docker.sock (the user's docker socket) "
					     "unix:///nowhere/home/.docker/run/docker.sock (the user's docker socket)");
	CLEANUP_FREE char *podman = addresses(OCI_SCHEME_CONTAINERS_STORAGE), *both = addresses(OCI_SCHEME_NONE);
	assert_string_equal(podman, "unix:///nowhere/rt/podman/podman.sock (the user's podman socket) "
				    "unix:///run/podman/podman.sock (podman's socket)");
	assert_non_null(strstr(both, "docker.sock"));
	assert_true(strstr(both, "podman.sock") > strstr(both, "docker.sock"));
}

static void a_home_too_deep_for_a_socket(void **state)
{
	char home[200] = "/";
	memset(home + 1, 'x', sizeof(home) - 2);
	setenv("HOME", home, 1);
	CLEANUP_FREE char *all = addresses(OCI_SCHEME_DOCKER_DAEMON);
	assert_null(strstr(all, "xxx"));
	assert_has(OCI_SCHEME_DOCKER_DAEMON, "unix:///run/docker.sock");
}

static void environment(void **state)
{
	setenv("DOCKER_HOST", "tcp://h:1", 1);
	setenv("CONTAINER_HOST", "ssh://me@p/run/p.sock", 1);
	setenv("DOCKER_CONTEXT", "prod", 1); /* DOCKER_HOST is stronger */
	CLEANUP_FREE char *docker = addresses(OCI_SCHEME_DOCKER_DAEMON),
			  *podman = addresses(OCI_SCHEME_CONTAINERS_STORAGE), *both = addresses(OCI_SCHEME_NONE);
	assert_string_equal(docker, "tcp://h:1 (DOCKER_HOST)");
	assert_string_equal(podman, "ssh://me@p/run/p.sock (CONTAINER_HOST)");
	assert_string_equal(both, "tcp://h:1 (DOCKER_HOST) ssh://me@p/run/p.sock (CONTAINER_HOST)");
	setenv("DOCKER_HOST", "http://h:1", 1);
	assert_refused(OCI_SCHEME_DOCKER_DAEMON, ERR_INVAL, "DOCKER_HOST: \"http://h:1\"");
	setenv("DOCKER_HOST", "", 1);
	unsetenv("DOCKER_CONTEXT");
	assert_has(OCI_SCHEME_DOCKER_DAEMON, "unix:///run/docker.sock");
	setenv("CONTAINER_HOST", "ssh://-x", 1);
	assert_refused(OCI_SCHEME_NONE, ERR_INVAL, "CONTAINER_HOST: ");
}

static void tls(void **state)
{
	CLEANUP_LIST struct list plain = {0}, verified = {0}, skipped = {0};
	struct err e = {0};
	setenv("DOCKER_HOST", "tcp://h", 1);
	assert_ok(engine_addresses(OCI_SCHEME_DOCKER_DAEMON, &plain.items, &plain.count, &e), &e);
	assert_false(plain.items[0].tls);
	assert_true(plain.items[0].explicit);

	text_file("certs/ca.pem", "x");
	text_file("certs/cert.pem", "x");
	setenv("DOCKER_CERT_PATH", "certs", 1);
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	assert_ok(engine_addresses(OCI_SCHEME_DOCKER_DAEMON, &verified.items, &verified.count, &e), &e);
	assert_true(verified.items[0].tls);
	assert_false(verified.items[0].tls_skip_verify);
	assert_string_equal(verified.items[0].ca, "certs/ca.pem");
	assert_string_equal(verified.items[0].cert, "certs/cert.pem");
	assert_null(verified.items[0].key); /* is not there */

	unsetenv("DOCKER_TLS_VERIFY");
	unsetenv("DOCKER_CERT_PATH");
	setenv("DOCKER_TLS", "1", 1);
	text_file(".docker/key.pem", "x");
	assert_ok(engine_addresses(OCI_SCHEME_DOCKER_DAEMON, &skipped.items, &skipped.count, &e), &e);
	assert_true(skipped.items[0].tls && skipped.items[0].tls_skip_verify);
	assert_true(strstr(skipped.items[0].key, "/.docker/key.pem"));
	assert_null(skipped.items[0].ca);
}

/* ---- contexts ---- */

static void make_context(const char *meta)
{
	struct oci_digest d;
	oci_digest_of("prod", 4, &d);
	CLEANUP_FREE char *path = mem_printf("config/contexts/meta/%s/meta.json", oci_digest_hex(&d));
	text_file(path, meta);
	setenv("DOCKER_CONFIG", "config", 1);
}

#define META(endpoint) "{\"Name\":\"prod\",\"Metadata\":{},\"Endpoints\":{" endpoint "}}"

static void contexts(void **state)
{
	make_context(META("\"docker\":{\"Host\":\"tcp://prod:2376\",\"SkipTLSVerify\":false}"));
	struct oci_digest d;
	oci_digest_of("prod", 4, &d);
	CLEANUP_FREE char *ca = mem_printf("config/contexts/tls/%s/docker/ca.pem", oci_digest_hex(&d));
	text_file(ca, "x");
	assert_has(OCI_SCHEME_DOCKER_DAEMON, "unix:///run/docker.sock"); /* none is current */

	setenv("DOCKER_CONTEXT", "prod", 1);
	CLEANUP_LIST struct list l = {0};
	struct err e = {0};
	assert_ok(engine_addresses(OCI_SCHEME_DOCKER_DAEMON, &l.items, &l.count, &e), &e);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.items[0].url, "tcp://prod:2376");
	assert_string_equal(l.items[0].from, "context prod");
	assert_string_equal(l.items[0].ca, ca);
	assert_true(l.items[0].tls && l.items[0].explicit && !l.items[0].tls_skip_verify && !l.items[0].podman);

	unsetenv("DOCKER_CONTEXT");
	text_file("config/config.json", "{\"auths\":{},\"currentContext\":\"prod\"}");
	CLEANUP_FREE char *current = addresses(OCI_SCHEME_DOCKER_DAEMON);
	assert_string_equal(current, "tcp://prod:2376 (context prod)");
	setenv("DOCKER_CONTEXT", "default", 1);
	assert_has(OCI_SCHEME_DOCKER_DAEMON, "unix:///run/docker.sock (docker's socket)");
	setenv("DOCKER_CONTEXT", "gone", 1);
	assert_refused(OCI_SCHEME_DOCKER_DAEMON, ERR_NOTFOUND, "no docker context \"gone\" in config");
	assert_refused(OCI_SCHEME_NONE, ERR_NOTFOUND, "docker context ls");
	setenv("DOCKER_CONTEXT", "../../../etc", 1);
	assert_refused(OCI_SCHEME_DOCKER_DAEMON, ERR_NOTFOUND, "no docker context");
}

static void a_context_without_a_host_is_the_default(void **state)
{
	make_context(META("\"kubernetes\":{}"));
	setenv("DOCKER_CONTEXT", "prod", 1);
	CLEANUP_FREE char *all = addresses(OCI_SCHEME_DOCKER_DAEMON);
	assert_string_equal(all, "unix:///var/run/docker.sock (context prod)");
}

static void hostile_contexts(void **state)
{
	static const struct {
		const char *meta;
		enum err_code code;
	} bad[] = {
	    {"", ERR_CORRUPT},
	    {"[]", ERR_CORRUPT},
	    {"{\"Name\":\"prod\"}", ERR_CORRUPT},
	    {"{\"Name\":\"other\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h\"}}}", ERR_CORRUPT},
	    {"{\"Name\":7,\"Endpoints\":{}}", ERR_CORRUPT},
	    {META("\"docker\":[]"), ERR_CORRUPT},
	    {META("\"docker\":{\"Host\":7}"), ERR_CORRUPT},
	    {META("\"docker\":{\"Host\":\"tcp://h\",\"SkipTLSVerify\":\"yes\"}"), ERR_CORRUPT},
	    {META("\"docker\":{\"Host\":\"ssh://-oProxyCommand=touch x\"}"), ERR_INVAL},
	    {META("\"docker\":{\"Host\":\"unix:///a\\u001b[2J\"}"), ERR_INVAL},
	    {META("\"docker\":{\"Host\":\"file:///etc/passwd\"}"), ERR_INVAL},
	};
	setenv("DOCKER_CONTEXT", "prod", 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		make_context(bad[i].meta);
		assert_refused(OCI_SCHEME_DOCKER_DAEMON, bad[i].code, "prod");
	}
	CLEANUP_BUF struct buf large = {0};
	buf_str(&large, "{\"Name\":\"");
	for (int i = 0; i < 1 << 18; i++)
		buf_str(&large, "xxxxx");
	buf_str(&large, "\"}");
	make_context(large.data);
	assert_refused(OCI_SCHEME_DOCKER_DAEMON, ERR_LIMIT, "meta.json");
	unsetenv("DOCKER_CONTEXT");
	text_file("config/config.json", "{\"currentContext\":[]}");
	assert_refused(OCI_SCHEME_DOCKER_DAEMON, ERR_CORRUPT, "config/config.json");
	text_file("config/config.json", "{");
	assert_refused(OCI_SCHEME_DOCKER_DAEMON, ERR_CORRUPT, "config.json");
}

static void the_program_podman(void **state)
{
	setenv("CONTAINERS_STORAGE_CONF", "storage.conf", 1);
	CLEANUP_FREE char *conf =
	    mem_printf("[storage]\ndriver = \"overlay\"\ngraphroot = \"%s/root\"\n", (char *)*state);
	fixture_file("storage.conf", conf, strlen(conf));
	CLEANUP_FREE char *without = addresses(OCI_SCHEME_CONTAINERS_STORAGE);
	assert_null(strstr(without, "podman: "));

	text_file("./podman", "#!/bin/sh\n");
	assert_int_equal(chmod("podman", 0755), 0);
	assert_has(OCI_SCHEME_CONTAINERS_STORAGE,
		   " podman: (the program podman)"); /* an empty store can be written to */
	CLEANUP_FREE char *empty = addresses(OCI_SCHEME_NONE);
	assert_null(strstr(empty, "podman: "));
	text_file("root/overlay-images/images.json", "[]");
	assert_has(OCI_SCHEME_NONE, " podman: (the program podman)");
	assert_int_equal(unlink("root/overlay-images/images.json"), 0);
	text_file("./storage.conf", "[storage]\ngraphroot = \"$HOME/store\"\n");
	assert_has(OCI_SCHEME_NONE, " podman: (the program podman)"); /* who knows where */
	text_file("./storage.conf", "[storage");
	assert_has(OCI_SCHEME_NONE, " podman: (the program podman)"); /* it will say what is wrong */
}

static void escape(void **state)
{
	CLEANUP_FREE char *a = engine_escape("localhost:5000/me/app_1.0-x:tag"),
			  *b = engine_escape("a@sha256:b?c#d%e f");
	assert_string_equal(a, "localhost:5000/me/app_1.0-x:tag");
	assert_string_equal(b, "a%40sha256:b%3Fc%23d%25e%20f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(urls),         cmocka_unit_test(hostile_urls),
	    ADDRESS_TEST(sockets),          ADDRESS_TEST(a_home_too_deep_for_a_socket),
	    ADDRESS_TEST(environment),      ADDRESS_TEST(tls),
	    ADDRESS_TEST(contexts),         ADDRESS_TEST(a_context_without_a_host_is_the_default),
	    ADDRESS_TEST(hostile_contexts), ADDRESS_TEST(the_program_podman),
	    cmocka_unit_test(escape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
