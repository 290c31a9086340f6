#include "transport/fixture.h"

#include "transport/registry/certs.h"

static void make(const char *name)
{
	char here[PATH_MAX];
	CLEANUP_FREE char *path = mem_printf("containers/certs.d/h.net:5000/%s", name);
	assert_non_null(getcwd(here, sizeof(here)));
	setenv("XDG_CONFIG_HOME", here, 1);
	assert_int_equal(fd_mkdir_p(AT_FDCWD, "containers/certs.d/h.net:5000", 0755, NULL), 0);
	fixture_file(path, "", 0);
}

static void files_are_told_by_their_endings(void **state)
{
	struct err e = {0};
	CLEANUP_REGISTRY_CERTS struct registry_certs c = {0}, other = {0};
	static const char *const names[] = {"b.crt", "a.crt", "me.cert", "me.key", "z.cert", "z.key", "notes", ".crt"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		make(names[i]);
	assert_ok(registry_certs_find("h.net:5000", &c, &e), &e);
	assert_int_equal(c.ca_files.count, 2);
	assert_non_null(strstr(c.ca_files.items[0], "/h.net:5000/a.crt"));
	assert_non_null(strstr(c.ca_files.items[1], "/h.net:5000/b.crt"));
	assert_non_null(strstr(c.cert, "/me.cert"));
	assert_non_null(strstr(c.key, "/me.key"));
	assert_ok(registry_certs_find("h.net", &other, &e), &e);
	assert_int_equal(other.ca_files.count, 0);
	assert_null(other.cert);
}

static void a_pair_is_whole(void **state)
{
	struct err e = {0};
	CLEANUP_REGISTRY_CERTS struct registry_certs c = {0};
	make("me.cert");
	assert_int_equal(registry_certs_find("h.net:5000", &c, &e), -ERR_INVAL);
	assert_says(&e, "me.key is missing");
	assert_int_equal(unlink("containers/certs.d/h.net:5000/me.cert"), 0);
	make("me.key");
	assert_int_equal(registry_certs_find("h.net:5000", &c, &e), -ERR_INVAL);
	assert_says(&e, "me.cert is missing");
	assert_int_equal(registry_certs_find("..", &c, &e), -ERR_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(files_are_told_by_their_endings),
	    FIXTURE_TEST(a_pair_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
