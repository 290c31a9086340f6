#include "unit.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "oci/name.h"

static void short_names_are_completed(void **state)
{
	static const struct {
		const char *name, *full;
	} cases[] = {
	    {"nginx", "docker.io/library/nginx:latest"},
	    {"nginx:1.25", "docker.io/library/nginx:1.25"},
	    {"me/app", "docker.io/me/app:latest"},
	    {"docker.io/nginx", "docker.io/library/nginx:latest"},
	    {"docker.io/library/nginx:1", "docker.io/library/nginx:1"},
	    {"index.docker.io/me/app", "docker.io/me/app:latest"},
	    {"localhost/app", "localhost/app:latest"},
	    {"localhost:5000/app", "localhost:5000/app:latest"},
	    {"reg.io/a/b:c", "reg.io/a/b:c"},
	    {"", "docker.io/library/:latest"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *full = oci_name_full(cases[i].name);
		assert_string_equal(full, cases[i].full);
	}
}

static void a_written_name_has_a_tag(void **state)
{
	static const struct {
		const char *name, *out; /* NULL = refused */
	} cases[] = {
	    {"nginx", "nginx:latest"},
	    {"nginx:1.25-alpine_2", "nginx:1.25-alpine_2"},
	    {"Reg.IO:5000/a/b__c", "Reg.IO:5000/a/b__c:latest"},
	    {"a--b.c/d:V1", "a--b.c/d:V1"},
	    {"localhost:5000/app", "localhost:5000/app:latest"},
	    {"Nginx", NULL},
	    {"a b", NULL},
	    {"a/", NULL},
	    {"/a", NULL},
	    {"a//b", NULL},
	    {"-a", NULL},
	    {"a..b", NULL},
	    {"a___b", NULL},
	    {"a._b", NULL},
	    {"a:", NULL},
	    {"a:-x", NULL},
	    {"a:b+c", NULL},
	    {"a@sha256:00", NULL},
	    {"", NULL},
	    {"\x1b[1m", NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = {0};
		CLEANUP_FREE char *out = NULL;
		int r = oci_name_with_tag(cases[i].name, &out, &e);
		if (cases[i].out)
			assert_string_equal(out, cases[i].out);
		else
			assert_int_equal(r, -ERR_INVAL);
	}
	CLEANUP_FREE char *name = mem_alloc(300), *out = NULL;
	memset(name, 'a', 299);
	assert_int_equal(oci_name_with_tag(name, &out, NULL), -ERR_INVAL);
}

static void a_name_is_taken_apart(void **state)
{
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	static const struct {
		const char *name, *host, *path, *tag, *digest; /* host NULL = refused */
	} cases[] = {
	    {"nginx", "docker.io", "library/nginx", NULL, ""},
	    {"me/app:1", "docker.io", "me/app", "1", ""},
	    {"docker.io/nginx", "docker.io", "library/nginx", NULL, ""},
	    {"localhost:5000/app", "localhost:5000", "app", NULL, ""},
	    {"[::1]:5000/app:x", "[::1]:5000", "app", "x", ""},
	    {"reg.io/a/b@sha256:" HEX, "reg.io", "a/b", NULL, "sha256:" HEX},
	    {"reg.io/a/b:c@sha256:" HEX, "reg.io", "a/b", "c", "sha256:" HEX},
	    {"app@sha256:00", NULL, NULL, NULL, NULL},
	    {"app@", NULL, NULL, NULL, NULL},
	    {"reg.io/", NULL, NULL, NULL, NULL},
	    {"reg.io/App", NULL, NULL, NULL, NULL},
	    {"reg.io/a/../b", NULL, NULL, NULL, NULL},
	    {"reg.io:x y/a", NULL, NULL, NULL, NULL},
	    {"", NULL, NULL, NULL, NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_OCI_NAME struct oci_name n = {0};
		int r = oci_name_parse(cases[i].name, &n, NULL);
		assert_int_equal(r < 0, !cases[i].host);
		if (r < 0)
			continue;
		assert_string_equal(n.host, cases[i].host);
		assert_string_equal(n.path, cases[i].path);
		assert_string_equal(n.tag ? n.tag : "-", cases[i].tag ? cases[i].tag : "-");
		assert_string_equal(n.digest.text, cases[i].digest);
		CLEANUP_FREE char *text = oci_name_text(&n);
		CLEANUP_OCI_NAME struct oci_name again = {0};
		assert_int_equal(oci_name_parse(text, &again, NULL), 0);
		assert_string_equal(again.path, n.path);
	}
}

static void copies_are_their_own(void **state)
{
	CLEANUP_OCI_NAME struct oci_name a = {0}, b = {0};
	assert_int_equal(
	    oci_name_parse("r.io/x:1@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", &a,
			   NULL),
	    0);
	oci_name_copy(&a, &b);
	CLEANUP_FREE char *text = oci_name_text(&a);
	oci_name_done(&a);
	CLEANUP_FREE char *copied = oci_name_text(&b);
	assert_string_equal(copied, text);
}

static void a_repository_is_host_and_path(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
	    {"nginx", "docker.io/library/nginx:1", true},
	    {"r.io/x:1", "r.io/x:2", true},
	    {"r.io/x", "s.io/x", false},
	    {"r.io/x", "r.io/y", false},
	    {"x/y", "docker.io/x/y", true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_OCI_NAME struct oci_name a = {0}, b = {0};
		assert_int_equal(oci_name_parse(cases[i].a, &a, NULL), 0);
		assert_int_equal(oci_name_parse(cases[i].b, &b, NULL), 0);
		assert_int_equal(oci_name_same_repository(&a, &b), cases[i].same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(short_names_are_completed),     cmocka_unit_test(a_written_name_has_a_tag),
	    cmocka_unit_test(a_name_is_taken_apart),         cmocka_unit_test(copies_are_their_own),
	    cmocka_unit_test(a_repository_is_host_and_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
