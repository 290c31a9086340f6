#include "unit.h"

#include "stack/network/addresses.h"

#define SUBNET(a, bits)                                                                                                \
	{                                                                                                              \
		.subnet = { a, bits }                                                                                  \
	}

static void give(struct stack_network_addresses *a, size_t member, const char *wanted, uint32_t expected)
{
	uint32_t address = 0;
	struct err err = {0};
	if (stack_network_addresses_give(a, "net", member, wanted, &address, &err) < 0)
		fail_msg("member %zu: %s", member, err.msg);
	assert_int_equal(address, expected);
}

static void refuse(struct stack_network_addresses *a, size_t member, const char *wanted, const char *id)
{
	uint32_t address = 7;
	struct err err = {0};
	assert_true(stack_network_addresses_give(a, "net", member, wanted, &address, &err) < 0);
	assert_string_equal(err.id, id);
	assert_non_null(strstr(err.msg, "network net"));
	assert_int_equal(address, 7);
}

static void each_member_keeps_its_own(void **state)
{
	struct stack_network_addresses a = SUBNET(0xac120000, 24);
	give(&a, 2, NULL, 0xac120004);
	give(&a, 0, NULL, 0xac120002);
	give(&a, 1, NULL, 0xac120003);
	give(&a, 2, NULL, 0xac120004);
	stack_network_addresses_done(&a);
}

static void the_others_go_round_a_wanted_one(void **state)
{
	struct stack_network_addresses a = SUBNET(0xac120000, 24);
	give(&a, 3, "172.18.0.2", 0xac120002);
	give(&a, 4, "172.18.0.1", 0xac120001); /* no gateway has it */
	give(&a, 0, NULL, 0xac120003);
	give(&a, 1, NULL, 0xac120004); /* 3 is taken by now */
	give(&a, 3, "172.18.0.2", 0xac120002);
	refuse(&a, 2, "172.18.0.2", "network-address-taken");
	refuse(&a, 2, "172.18.0.4", "network-address-taken");
	stack_network_addresses_done(&a);
}

static void not_of_the_subnet(void **state)
{
	static const char *const wrong[] = {"172.18.1.2", "172.18.0.0", "172.18.0.255", "172.18.0", "web", "", "::1"};
	struct stack_network_addresses a = SUBNET(0xac120000, 24), wide = SUBNET(0x0a000000, 8);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		refuse(&a, 0, wrong[i], "network-address-invalid");
	assert_int_equal(a.n, 0);
	refuse(&wide, 0, "10.0.2.7", "network-address-invalid"); /* slim's own */
	give(&wide, 0, "10.0.3.7", 0x0a000307);
	stack_network_addresses_done(&wide);
}

static void a_subnet_that_is_full(void **state)
{
	struct stack_network_addresses a = SUBNET(0xac120004, 30), b = SUBNET(0xac120008, 29);
	give(&a, 5, NULL, 0xac120006);
	refuse(&a, 0, NULL, "network-address-missing");
	for (size_t i = 0; i < 5; i++)
		give(&b, 7 * i + 3, NULL, 0xac12000a + (7 * i + 3) % 5);
	refuse(&b, 0, NULL, "network-address-missing");
	refuse(&b, STACK_NETWORK_MEMBERS_MAX, NULL, "network-address-missing");
	stack_network_addresses_done(&a);
	stack_network_addresses_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_member_keeps_its_own),
	    cmocka_unit_test(the_others_go_round_a_wanted_one),
	    cmocka_unit_test(not_of_the_subnet),
	    cmocka_unit_test(a_subnet_that_is_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
