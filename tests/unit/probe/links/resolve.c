#include "unit.h"

#include <strings.h>

#include "base/cleanup.h"
#include "probe/links/resolve.h"

static const struct {
	const char *base, *ref, *want; /* on http://127.0.0.1:8080/dir/page?q=1 */
} resolved[] = {
    {NULL, "x", "/dir/x"},
    {NULL, "/x", "/x"},
    {NULL, "./x", "/dir/x"},
    {NULL, "../x", "/x"},
    {NULL, "../../../x", "/x"},
    {NULL, "/a/./b/../c", "/a/c"},
    {NULL, "?a=b", "/dir/page?a=b"},
    {NULL, "x?a=b&c=d#e", "/dir/x?a=b&c=d"},
    {NULL, "x?", "/dir/x"},
    {NULL, "x#", "/dir/x"},
    {NULL, "a b", "/dir/a%20b"},
    {NULL, "/\xc3\xbc", "/%c3%bc"},
    {NULL, "/%2e%2e/x", "/%2e%2e/x"},
    {NULL, "http://127.0.0.1:8080", "/"},
    {NULL, "HTTP://127.0.0.1:8080/x", "/x"},
    {NULL, "http://127.0.0.1:8080/a b", "/a%20b"},
    {NULL, "//127.0.0.1:8080/x", "/x"},
    {NULL, "http://user:secret@127.0.0.1:8080/x", "/x"},
    {NULL, "http://127.0.0.1/x", NULL},
    {NULL, "http://127.0.0.1:8081/x", NULL},
    {NULL, "https://127.0.0.1:8080/x", NULL},
    {NULL, "//other.example/x", NULL},
    {NULL, "http://127.0.0.1.example:8080/x", NULL},
    {NULL, "mailto:a@b", NULL},
    {NULL, "javascript:void(0)", NULL},
    {NULL, "data:text/plain,hello", NULL},
    {NULL, "tel:1", NULL},
    {NULL, "ftp://127.0.0.1:8080/", NULL},
    {NULL, "http://", NULL},
    {NULL, "http://127.0.0.1:8080:1/", NULL},
    {NULL, "/x\x01y", NULL},
    {"/b/", "x", "/b/x"},
    {"/b/", "?q", "/b/?q"},
    {"b/c", "x", "/dir/b/x"},
    {"http://127.0.0.1:8080/b/", "x", "/b/x"},
    {"http://other.example/", "x", NULL},
    {"http://other.example/", "http://127.0.0.1:8080/x", "/x"},
    {"mailto:a", "x", NULL},
};

static void resolve(void **state)
{
	for (size_t i = 0; i < sizeof(resolved) / sizeof(*resolved); i++) {
		CLEANUP_FREE char *got =
		    probe_resolve("http://127.0.0.1:8080/dir/page?q=1", resolved[i].base, resolved[i].ref, "web");
		if (!got != !resolved[i].want || (got && strcasecmp(got, resolved[i].want) != 0))
			print_error("%s: %s\n", resolved[i].ref, got);
		assert_int_equal(!got, !resolved[i].want);
		if (got)
			assert_int_equal(strcasecmp(got, resolved[i].want), 0);
	}
	CLEANUP_FREE char *port = probe_resolve("http://127.0.0.1:80/", NULL, "http://127.0.0.1/x", NULL);
	assert_string_equal(port, "/x");
	CLEANUP_FREE char *v6 = probe_resolve("https://[::1]:443/", NULL, "https://[::1]/x", NULL);
	assert_string_equal(v6, "/x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(resolve)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
