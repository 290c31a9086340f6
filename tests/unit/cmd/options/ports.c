#include "unit.h"

#include "base/buf.h"
#include "cmd/options/ports.h"

static void ports_one(const char *text, const char *want)
{
	CLEANUP_STRLIST struct strlist texts = {0};
	CLEANUP_FREE struct oci_port *ports = NULL;
	CLEANUP_BUF struct buf got = {0};
	struct err err = {0};
	size_t n = 0;
	strlist_add(&texts, text);
	int r = ports_parse(&texts, "expose", &ports, &n, &err);
	for (size_t i = 0; r == 0 && i < n; i++)
		buf_printf(&got, "%s%u%s", i ? " " : "", ports[i].number, ports[i].udp ? "u" : "");
	if (r < 0)
		assert_non_null(strstr(err.msg, "--expose takes"));
	assert_string_equal(r < 0 ? "no" : got.data, want);
}

static void as_expose_has_them(void **state)
{
	ports_one("80", "80");
	ports_one("80/tcp", "80");
	ports_one("53/udp", "53u");
	ports_one("65534-65535/udp", "65534u 65535u");
	ports_one("1-3", "1 2 3");
	static const char *const bad[] = {"",        "0",     "65536",   "123456", "80/",
					  "80/sctp", "80-",   "3-1",     "-80",    "+80",
					  " 80",     "80:80", "80/tcp ", "1-2-3",  "99999999999999999999"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ports_one(bad[i], "no");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_expose_has_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
