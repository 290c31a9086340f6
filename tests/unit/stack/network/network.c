#include "unit.h"

#include <arpa/inet.h>

#include "stack/network/network.h"

#define OPEN(plans, out, err) stack_network_open(plans, sizeof(plans) / sizeof(*(plans)), out, err)

static void subnets_that_overlap(void **state)
{
	const struct stack_network_plan plans[] = {
	    {"a", false, "172.28.0.0/16"}, {"b", false, NULL}, {"c", true, "172.28.5.0/24"}};
	struct stack_network *n = NULL;
	struct err err = {0};
	assert_int_equal(OPEN(plans, &n, &err), -ERR_INVAL);
	assert_string_equal(err.id, "network-subnet-taken");
	assert_non_null(strstr(err.msg, "networks a and c"));
	assert_null(n);
}

static void a_subnet_that_is_none(void **state)
{
	const struct stack_network_plan plans[] = {{"a", false, "fd00::/64"}};
	struct stack_network *n = NULL;
	struct err err = {0};
	assert_int_equal(OPEN(plans, &n, &err), -ERR_INVAL);
	assert_string_equal(err.id, "network-subnet-invalid");
}

static void addresses_before_anything_starts(void **state)
{
	NEEDS_ROOT();
	const struct stack_network_plan plans[] = {
	    {"a", false, "172.28.0.0/16"}, {"b", true, NULL}, {"c", true, "172.18.0.0/24"}};
	struct stack_network *n = NULL;
	struct err err = {0};
	char text[INET_ADDRSTRLEN], other[INET_ADDRSTRLEN];
	if (OPEN(plans, &n, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(stack_network_address(n, 0, 1, "172.28.9.9", text, &err), 0);
	assert_string_equal(text, "172.28.9.9");
	assert_int_equal(stack_network_address(n, 0, 0, NULL, text, &err), 0);
	assert_string_equal(text, "172.28.0.2");
	assert_int_equal(stack_network_address(n, 1, 0, NULL, text, &err), 0);
	assert_int_equal(stack_network_address(n, 1, 0, NULL, other, &err), 0);
	assert_string_equal(text, other);
	assert_int_not_equal(strncmp(text, "172.18.0.", 9), 0); /* which c has */
	assert_int_not_equal(strncmp(text, "172.28.", 7), 0);
	assert_true(stack_network_leads_out(n, (const size_t[]){1, 0}, 2));
	assert_false(stack_network_leads_out(n, (const size_t[]){1, 2}, 2));
	assert_false(stack_network_leads_out(n, NULL, 0));
	stack_network_close(n);
	stack_network_close(NULL);
}

static void attached_to_nothing(void **state)
{
	NEEDS_ROOT();
	const struct stack_network_plan plans[] = {{"a", false, NULL}};
	struct stack_network *n = NULL;
	struct err err = {0};
	assert_int_equal(OPEN(plans, &n, &err), 0);
	assert_int_equal(stack_network_attach(n, "/proc/self/ns/net", 0, "here", 0, &err), -ERR_INVAL);
	assert_int_equal(stack_network_attach(n, "/nonexistent", 0, "172.18.0.2", 0, &err), -ERR_NOTFOUND);
	stack_network_close(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(subnets_that_overlap),
	    cmocka_unit_test(a_subnet_that_is_none),
	    cmocka_unit_test(addresses_before_anything_starts),
	    cmocka_unit_test(attached_to_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
