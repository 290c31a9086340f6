#include "unit.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "base/cleanup.h"
#include "stack/network/netlink.h"

/* Lengths of attributes that contain others, and the padding behind those of odd sizes. */
static void the_bytes_of_a_message(void **state)
{
	const struct ifinfomsg head = {.ifi_index = 7};
	struct stack_network_message m;
	stack_network_message_init(&m, RTM_NEWLINK, NLM_F_CREATE, &head, sizeof(head));
	assert_int_equal(m.head.nlmsg_len, 32);
	assert_int_equal(m.head.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE);
	const size_t info = stack_network_message_open(&m, IFLA_LINKINFO, NULL, 0);
	stack_network_message_put(&m, IFLA_INFO_KIND, "veth", 5);
	stack_network_message_close(&m, info);
	assert_int_equal(info, 32);
	const struct nlattr *outer = (const struct nlattr *)(m.bytes + 32), *kind = outer + 1;
	assert_int_equal(outer->nla_type, IFLA_LINKINFO);
	assert_int_equal(outer->nla_len, 16);
	assert_int_equal(kind->nla_type, IFLA_INFO_KIND);
	assert_int_equal(kind->nla_len, 9);
	assert_memory_equal(kind + 1, "veth\0\0\0", 8);
	assert_int_equal(m.head.nlmsg_len, 48);
}

/* Reading needs no rights: the answer is an error of the kernel, for the request asks for what is not there. */
static void the_kernel_answers(void **state)
{
	const struct ifinfomsg head = {.ifi_index = 0x7ffffff0};
	struct stack_network_message m;
	struct err err = {0};
	CLEANUP_FD int ns = stack_network_namespace_open("/proc/self/ns/net", &err);
	assert_true(ns >= 0);
	NEEDS_ROOT(); /* to enter even its own */
	CLEANUP_FD int socket = stack_network_socket_open(ns, &err);
	assert_true(socket >= 0);
	stack_network_message_init(&m, RTM_GETLINK, 0, &head, sizeof(head));
	assert_int_equal(stack_network_message_send(socket, &m), ENODEV);
}

static void no_namespace(void **state)
{
	struct err err = {0};
	CLEANUP_FD int file = stack_network_namespace_open("/proc/self/stat", &err);
	assert_true(file >= 0);
	assert_true(stack_network_socket_open(file, &err) < 0);
	assert_string_equal(err.id, "network-namespace-enter");
	assert_int_equal(stack_network_namespace_open("/nonexistent", &err), -ERR_NOTFOUND);
	assert_non_null(strstr(err.msg, "/nonexistent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_bytes_of_a_message),
	    cmocka_unit_test(the_kernel_answers),
	    cmocka_unit_test(no_namespace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
