#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "cmd/options/docker_run/publish.h"

/* "HOST/PORT:INSIDE" of each, or a part of the error. */
static void publish_one(const char *text, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	CLEANUP_FREE struct run_bridge_port *ports = NULL;
	struct err err = {0};
	size_t n = 0;
	buf_str(&got, "");
	if (publish_parse(text, &ports, &n, &err) < 0) {
		assert_string_equal(err.id, "option-value-invalid");
		if (!strstr(err.msg, want))
			fail_msg("%s: %s, not %s", text, err.msg, want);
		return;
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(&got, "%s%s/%u:%u%s", i ? " " : "", ports[i].host, ports[i].number, ports[i].inside.number,
			   ports[i].inside.udp ? "u" : "");
	assert_string_equal(got.data, want);
}

static void as_docker_run_has_them(void **state)
{
	publish_one("80", "/0:80");
	publish_one("8080:80", "/8080:80");
	publish_one("8080:80/tcp", "/8080:80");
	publish_one("5353:53/udp", "/5353:53u");
	publish_one("127.0.0.1:8080:80", "127.0.0.1/8080:80");
	publish_one("127.0.0.1::80", "127.0.0.1/0:80");
	publish_one("0.0.0.0:8080:80", "/8080:80");
	publish_one("8000-8001:80-81", "/8000:80 /8001:81");
	publish_one("80-81", "/0:80 /0:81");
}

static void what_is_none(void **state)
{
	publish_one("", "--publish takes");
	publish_one("80:", "--publish takes");
	publish_one(":80:80", "--publish takes");
	publish_one("http:80", "--publish takes");
	publish_one("8080/tcp:80", "--publish takes");
	publish_one("80/sctp", "--publish takes");
	publish_one("8000-8002:80-81", "as many ports on both sides");
	publish_one("[::1]:8080:80", "with an IP of IPv4");
	publish_one("localhost:8080:80", "with an IP of IPv4");
	publish_one("127.0.0.1:1:2:3", "with an IP of IPv4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_docker_run_has_them),
	    cmocka_unit_test(what_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
