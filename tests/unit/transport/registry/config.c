#include "transport/fixture.h"

#include "transport/registry/config.h"

/* The working directory is the user's configuration directory; without a registries.conf in it the machine's own
 * would be read. */
static void use_config(const char *text)
{
	char here[PATH_MAX];
	assert_non_null(getcwd(here, sizeof(here)));
	setenv("XDG_CONFIG_HOME", here, 1);
	unsetenv("CONTAINERS_REGISTRIES_CONF");
	assert_int_equal(fd_mkdir_p(AT_FDCWD, "containers/registries.conf.d", 0755, NULL), 0);
	fixture_file("containers/registries.conf", text, strlen(text));
}

/* The places of name, as "host/path[!] ..." with ! for insecure. */
static void finds_one(const char *text, bool mirrors, const char *want)
{
	struct err e = {0};
	CLEANUP_OCI_NAME struct oci_name name = {0};
	CLEANUP_REGISTRY_PLACES struct registry_places p = {0};
	CLEANUP_BUF struct buf got = {0};
	assert_ok(oci_name_parse(text, &name, &e), &e);
	assert_ok(registry_config_find(&name, mirrors, &p, &e), &e);
	for (size_t i = 0; i < p.count; i++)
		buf_printf(&got, "%s%s/%s%s", i ? " " : "", p.items[i].host, p.items[i].path,
			   p.items[i].insecure ? "!" : "");
	assert_string_equal(got.data, want);
}

static void refuses_one(const char *config, const char *text, enum err_code code, const char *says)
{
	struct err e = {0};
	CLEANUP_OCI_NAME struct oci_name name = {0};
	CLEANUP_REGISTRY_PLACES struct registry_places p = {0};
	use_config(config);
	assert_ok(oci_name_parse(text, &name, &e), &e);
	if (registry_config_find(&name, true, &p, &e) == 0)
		fail_msg("%s: no error for %s", config, text);
	assert_says(&e, says);
	assert_int_equal(e.code, code);
}

static void without_a_table_a_name_is_its_place(void **state)
{
	use_config("unqualified-search-registries = [\"quay.io\"]\nshort-name-mode = \"enforcing\"\n");
	finds_one("nginx", true, "docker.io/library/nginx");
	finds_one("a/b", true, "docker.io/a/b");
	finds_one("localhost:5000/x:1", true, "localhost:5000/x");
	finds_one("[::1]:5000/x", true, "[::1]:5000/x");
}

static void the_longest_prefix_counts(void **state)
{
	use_config("[[registry]]\nlocation = \"e.org\"\ninsecure = true\n"
		   "[[registry]]\nprefix = \"e.org/team\"\nlocation = \"other.net/e\"\n"
		   "[[registry]]\nprefix = \"e.org/team/app:1\"\nlocation = \"pinned.net:80/one\"\ninsecure = true\n"
		   "[[registry]]\nprefix = \"*.sub.org\"\ninsecure = true\n"
		   "[[registry]]\nprefix = \"*.b.sub.org\"\nlocation = \"moved.net\"\n"
		   "[[registry]]\nprefix = \"docker.io/library\"\nlocation = \"q.io/l\"\n");
	finds_one("e.org/x", true, "e.org/x!");
	finds_one("e.org/teams/x", true, "e.org/teams/x!");
	finds_one("e.org/team/x:2", true, "other.net/e/x");
	finds_one("e.org/team/app:1", true, "pinned.net:80/one!");
	finds_one("e.org/team/app:11", true, "other.net/e/app");
	finds_one("e.organic/x", true, "e.organic/x");
	finds_one("e.org:5000/x", true, "e.org:5000/x!");
	finds_one("a.sub.org/x", true, "a.sub.org/x!");
	finds_one("sub.org/x", true, "sub.org/x");
	finds_one("a.b.sub.org/x/y", true, "moved.net/x/y");
	finds_one("h.net/a.sub.org/x", true, "h.net/a.sub.org/x");
	finds_one("nginx:1", true, "q.io/l/nginx");
}

static void mirrors_come_first_and_in_order(void **state)
{
	use_config(
	    "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"m1.net/hub\"\n"
	    "[[registry.mirror]]\nlocation = \"m2.net:5000\"\ninsecure = true\npull-from-mirror = \"digest-only\"\n"
	    "[[registry.mirror]]\nlocation = \"m3.net\"\npull-from-mirror = \"tag-only\"\n"
	    "[[registry]]\nlocation = \"d.net\"\nmirror-by-digest-only = true\n[[registry.mirror]]\n"
	    "location = \"m.net\"\n");
#define DIGEST "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	finds_one("nginx", true, "m1.net/hub/library/nginx m3.net/library/nginx docker.io/library/nginx");
	finds_one("nginx" DIGEST, true, "m1.net/hub/library/nginx m2.net:5000/library/nginx! docker.io/library/nginx");
	finds_one("nginx", false, "docker.io/library/nginx");
	finds_one("d.net/x", true, "d.net/x");
	finds_one("d.net/x" DIGEST, true, "m.net/x d.net/x");
}

static void later_files_replace_earlier_ones(void **state)
{
	static const char one[] =
	    "[[registry]]\nlocation = \"a.net\"\ninsecure = true\n[[registry]]\nlocation = \"b.net\"\n"
	    "insecure = true\n",
			  two[] = "[[registry]]\nprefix = \"a.net\"\nlocation = \"moved.net\"\n";
	use_config("");
	fixture_file("containers/registries.conf.d/1.conf", one, sizeof(one) - 1);
	fixture_file("containers/registries.conf.d/2.conf", two, sizeof(two) - 1);
	fixture_file("containers/registries.conf.d/3.toml", "not read", 8);
	finds_one("a.net/x", true, "moved.net/x");
	finds_one("b.net/x", true, "b.net/x!");
}

static void a_named_file_counts(void **state)
{
	struct err e = {0};
	CLEANUP_OCI_NAME struct oci_name name = {0};
	CLEANUP_REGISTRY_PLACES struct registry_places p = {0};
	static const char text[] = "[[registry]]\nlocation = \"a.net\"\ninsecure = true\n";
	use_config("not TOML, not read");
	fixture_file("mine", text, sizeof(text) - 1);
	setenv("CONTAINERS_REGISTRIES_CONF", "mine", 1);
	finds_one("a.net/x", true, "a.net/x!");
	setenv("CONTAINERS_REGISTRIES_CONF", "missing", 1);
	assert_ok(oci_name_parse("a.net/x", &name, &e), &e);
	assert_int_equal(registry_config_find(&name, true, &p, &e), -ERR_NOTFOUND);
	assert_says(&e, "CONTAINERS_REGISTRIES_CONF");
	unsetenv("CONTAINERS_REGISTRIES_CONF");
}

static void what_is_wrong_is_refused(void **state)
{
	refuses_one("[[registry]]\nlocation = \"a.net\"\nblocked = true\n", "a.net/x", ERR_DENIED,
		    "images of \"a.net\" are blocked");
	refuses_one("[[registry]\n", "a.net/x", ERR_INVAL, "registries.conf, line 1");
	refuses_one("[[registry]]\ninsecure = true\n", "a.net/x", ERR_INVAL, "neither prefix nor location");
	refuses_one("[[registry]]\nlocation = \"a.net\"\ninsecure = \"yes\"\n", "a.net/x", ERR_INVAL,
		    "\"insecure\" is not true or false");
	refuses_one("[[registry]]\nlocation = 1\n", "a.net/x", ERR_CORRUPT, "\"location\" is not a string");
	refuses_one("registry = [1]\n", "a.net/x", ERR_INVAL, "[[registry]]");
	refuses_one("[[registry]]\nprefix = \"a.net\"\nlocation = \"nohost\"\n", "a.net/x", ERR_INVAL,
		    "does not lead to an image name");
	refuses_one("[[registry]]\nprefix = \"a.net\"\nlocation = \"https://b.net\"\n", "a.net/x", ERR_INVAL,
		    "does not lead to an image name");
	refuses_one("[[registry]]\nlocation = \"a.net\"\n[[registry.mirror]]\ninsecure = true\n", "a.net/x",
		    ERR_CORRUPT, "\"location\" is missing");
	refuses_one(
	    "[[registry]]\nlocation = \"a.net\"\n[[registry.mirror]]\nlocation = \"b.net\"\npull-from-mirror = \"x\"\n",
	    "a.net/x", ERR_INVAL, "pull-from-mirror");
	refuses_one("[registries.block]\nregistries = [\"a.net\"]\n", "a.net/x", ERR_UNSUPPORTED, "version 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(without_a_table_a_name_is_its_place),
	    FIXTURE_TEST(the_longest_prefix_counts),
	    FIXTURE_TEST(mirrors_come_first_and_in_order),
	    FIXTURE_TEST(later_files_replace_earlier_ones),
	    FIXTURE_TEST(a_named_file_counts),
	    FIXTURE_TEST(what_is_wrong_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
