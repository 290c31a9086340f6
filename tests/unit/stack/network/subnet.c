#include "unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "stack/network/subnet.h"

static struct stack_network_subnet subnet(const char *text)
{
	struct stack_network_subnet s = {0};
	struct err err = {0};
	if (stack_network_subnet_parse(text, "net", &s, &err) < 0)
		fail_msg("%s", err.msg);
	return s;
}

static void subnets_of_users(void **state)
{
	static const struct {
		const char *text, *same; /* NULL = refused */
	} cases[] = {
	    {"172.28.0.0/16", "172.28.0.0/16"},
	    {"172.28.5.9/24", "172.28.5.0/24"},
	    {"10.0.0.0/8", "10.0.0.0/8"}, /* slim's own /24 is a small part of it */
	    {"192.168.1.4/30", "192.168.1.4/30"},
	    {"10.0.2.0/24", NULL},
	    {"10.0.2.128/25", NULL},
	    {"172.28.0.0", NULL},
	    {"172.28.0.0/", NULL},
	    {"172.28.0.0/31", NULL},
	    {"172.28.0.0/33", NULL},
	    {"172.28.0.0/160", NULL},
	    {"172.28.0.0/-1", NULL},
	    {"172.28.0.0/16x", NULL},
	    {"172.28.0.256/16", NULL},
	    {"172.0.0.0/7", NULL},
	    {"0.0.0.0/0", NULL},
	    {"0.1.0.0/16", NULL},
	    {"127.0.0.0/8", NULL},
	    {"224.0.0.0/8", NULL},
	    {"fd00::/64", NULL},
	    {"", NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stack_network_subnet s = {0};
		struct err err = {0};
		char text[STACK_NETWORK_SUBNET_TEXT];
		int r = stack_network_subnet_parse(cases[i].text, "front", &s, &err);
		if ((r == 0) != (cases[i].same != NULL))
			fail_msg("%s: %d %s", cases[i].text, r, err.msg);
		if (r == 0)
			assert_string_equal(stack_network_subnet_text(&s, text), cases[i].same);
		else
			assert_string_equal(err.id, "network-subnet-invalid");
		if (r < 0)
			assert_non_null(strstr(err.msg, "network front"));
	}
}

static void overlap(void **state)
{
	const struct stack_network_subnet a = subnet("172.28.0.0/16"), b = subnet("172.28.5.0/24"),
					  c = subnet("172.29.0.0/16");
	assert_true(stack_network_subnets_overlap(&a, &b));
	assert_true(stack_network_subnets_overlap(&b, &a));
	assert_true(stack_network_subnets_overlap(&a, &a));
	assert_false(stack_network_subnets_overlap(&a, &c));
	assert_false(stack_network_subnets_overlap(&c, &b));
	assert_true(stack_network_is_own(0x0a000203));
	assert_false(stack_network_is_own(0x0a000303));
	assert_int_equal(stack_network_subnet_size(&a), 65536);
}

/* As Linux prints it on a little-endian machine, and on the one that runs this. */
static void routes_of_the_machine(void **state)
{
	CLEANUP_FREE struct stack_network_subnet *all = NULL, *none = NULL;
	char text[1024], as_text[STACK_NETWORK_SUBNET_TEXT];
	snprintf(text, sizeof(text),
		 "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
		 "eth0\t%08X\t%08X\t0003\t0\t0\t0\t%08X\t0\t0\t0\n"
		 "tun0\t%08X\t%08X\t0003\t0\t0\t0\t%08X\t0\t0\t0\n"
		 "docker0\t%08X\t00000000\t0001\t0\t0\t0\t%08X\t0\t0\t0\n"
		 "broken\n"
		 "host\t%08X\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n",
		 0, htonl(0xc0a80101), 0, htonl(0x80000000), 0, htonl(0x80000000), htonl(0xac120000), htonl(0xffff0000),
		 htonl(0xac130005));
	assert_int_equal(stack_network_routes_parse(text, &all), 2);
	assert_string_equal(stack_network_subnet_text(&all[0], as_text), "172.18.0.0/16");
	assert_string_equal(stack_network_subnet_text(&all[1], as_text), "172.19.0.5/32");
	assert_int_equal(stack_network_routes_parse("", &none), 0);
	/* the machine's own: whatever they are, they can be read */
	CLEANUP_FREE struct stack_network_subnet *own = NULL;
	size_t n;
	assert_int_equal(stack_network_routes(&own, &n, NULL), 0);
}

static void chosen(void **state)
{
	struct stack_network_subnet taken[4] = {{0}}, s;
	char text[STACK_NETWORK_SUBNET_TEXT];
	struct err err = {0};
	assert_int_equal(stack_network_subnet_choose(taken, 0, &s, &err), 0);
	assert_string_equal(stack_network_subnet_text(&s, text), "172.18.0.0/24");
	taken[0] = s;
	assert_int_equal(stack_network_subnet_choose(taken, 1, &s, &err), 0);
	assert_string_equal(stack_network_subnet_text(&s, text), "172.18.1.0/24");
	taken[0] = subnet("172.18.0.0/16");
	taken[1] = subnet("172.19.0.128/30");
	assert_int_equal(stack_network_subnet_choose(taken, 2, &s, &err), 0);
	assert_string_equal(stack_network_subnet_text(&s, text), "172.19.1.0/24");
	taken[0] = subnet("172.16.0.0/12");
	assert_int_equal(stack_network_subnet_choose(taken, 2, &s, &err), 0);
	assert_string_equal(stack_network_subnet_text(&s, text), "192.168.0.0/24");
	taken[1] = subnet("192.168.0.0/16");
	assert_int_equal(stack_network_subnet_choose(taken, 2, &s, &err), 0);
	assert_string_equal(stack_network_subnet_text(&s, text), "198.18.0.0/24");
	taken[2] = subnet("198.18.0.0/15");
	assert_int_equal(stack_network_subnet_choose(taken, 3, &s, &err), -ERR_NOTFOUND);
	assert_string_equal(err.id, "network-subnet-missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(subnets_of_users),
	    cmocka_unit_test(overlap),
	    cmocka_unit_test(routes_of_the_machine),
	    cmocka_unit_test(chosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
