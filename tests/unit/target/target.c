#include "unit.h"

#include "target/target.h"

static void is(const char *text, enum target_kind kind, const char *name, enum oci_scheme engine)
{
	CLEANUP_TARGET struct target t;
	assert_int_equal(target_parse(text, &t, NULL), 0);
	assert_int_equal(t.kind, kind);
	assert_int_equal(t.engine, engine);
	if (name)
		assert_string_equal(t.name, name);
	else
		assert_null(t.name);
}

static void containers(void **state)
{
	is("web", TARGET_CONTAINER, "web", OCI_SCHEME_NONE);
	is("51ea3e7a2a37", TARGET_CONTAINER, "51ea3e7a2a37", OCI_SCHEME_NONE);
	is("a-b_c.d", TARGET_CONTAINER, "a-b_c.d", OCI_SCHEME_NONE);
	is("docker:web", TARGET_CONTAINER, "web", OCI_SCHEME_DOCKER_DAEMON);
	is("docker-daemon:web", TARGET_CONTAINER, "web", OCI_SCHEME_DOCKER_DAEMON);
	is("podman:web", TARGET_CONTAINER, "web", OCI_SCHEME_CONTAINERS_STORAGE);
	is("containers-storage:web", TARGET_CONTAINER, "web", OCI_SCHEME_CONTAINERS_STORAGE);
}

static void processes(void **state)
{
	CLEANUP_TARGET struct target t;
	assert_int_equal(target_parse("pid:1234", &t, NULL), 0);
	assert_int_equal(t.kind, TARGET_PROCESS);
	assert_int_equal(t.pid, 1234);
}

static void urls(void **state)
{
	static const struct {
		const char *text, *host, *path;
		unsigned port;
	} cases[] = {
	    {"http://localhost:8080/", "localhost", "/", 8080},
	    {"http://localhost", "localhost", "/", 80},
	    {"https://10.0.0.2/a?b=c#d", "10.0.0.2", "/a?b=c", 443},
	    {"http://[::1]:81/x", "[::1]", "/x", 81},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TARGET struct target t;
		assert_int_equal(target_parse(cases[i].text, &t, NULL), 0);
		assert_int_equal(t.kind, TARGET_URL);
		assert_string_equal(t.url.host, cases[i].host);
		assert_string_equal(t.url.path, cases[i].path);
		assert_int_equal(t.url.port, cases[i].port);
	}
}

static void others_are_refused(void **state)
{
	static const char *const texts[] = {
	    "",     "localhost:8080", "/web",   "docker:",        "docker:a/b",      "docker://web", "podman:a b",
	    "pid:", "pid:0",          "pid:-1", "pid:1x",         "pid:99999999999", "ftp://x/",     "-web",
	    "..",   "a%2fb",          "a\nb",   "containerd:web", "web?x",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CLEANUP_TARGET struct target t;
		struct err err = {0};
		if (target_parse(texts[i], &t, &err) != -ERR_INVAL || strcmp(err.id, "target-invalid") != 0)
			fail_msg("\"%s\": %s", texts[i], err.msg);
	}
}

static void urls_that_are_none_are_refused(void **state)
{
	static const char *const texts[] = {"http://", "http://u:p@host/", "http://host:0/", "http://host:99999/"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CLEANUP_TARGET struct target t;
		if (target_parse(texts[i], &t, NULL) != -ERR_INVAL)
			fail_msg("\"%s\"", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(containers),
	    cmocka_unit_test(processes),
	    cmocka_unit_test(urls),
	    cmocka_unit_test(others_are_refused),
	    cmocka_unit_test(urls_that_are_none_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
