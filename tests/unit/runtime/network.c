#include "unit.h"

#include "runtime/network.h"

static void resolv_one(const char *text, bool any, const char *want)
{
	CLEANUP_BUF struct buf host = {0}, out = {0};
	buf_str(&host, text);
	buf_str(&out, "");
	assert_int_equal(runtime_network_filter_resolv(&host, &out), any);
	assert_string_equal(out.data, want);
}

static void name_servers_that_are_not_reached(void **state)
{
	resolv_one("", false, "");
	resolv_one("nameserver 192.0.2.53\n", true, "nameserver 192.0.2.53\n");
	resolv_one("nameserver 192.0.2.53", true, "nameserver 192.0.2.53\n");
	resolv_one("search a.example\nnameserver 127.0.0.53\noptions edns0\n", false,
		   "search a.example\noptions edns0\n");
	resolv_one("nameserver 127.0.0.1\nnameserver 192.0.2.53\n", true, "nameserver 192.0.2.53\n");
	resolv_one("nameserver ::1\nnameserver fe80::1%eth0\nnameserver 2001:db8::1\n", false, "");
	resolv_one("nameserver 0.0.0.0\n", false, "");
	resolv_one("nameserver 10.0.2.3\n", false, "");
	resolv_one("# nameserver 127.0.0.1\n\n", false, "# nameserver 127.0.0.1\n\n");
	resolv_one("nameserver\t\t192.0.2.53 # x\n", true, "nameserver\t\t192.0.2.53 # x\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(name_servers_that_are_not_reached),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
