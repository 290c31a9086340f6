#include "unit.h"

#include "base/cleanup.h"
#include "target/child.h"
#include "target/listening.h"
#include "target/ports.h"

/* In a network that it shares, a process has the ports that it listens on, and no others. */
static void ports_of_a_shared_network(void **state)
{
	uint16_t port, other;
	CLEANUP_FD int fd = -1;
	listening(true, &port, &fd);
	pid_t child = child_start(); /* it holds the first socket alone */
	CLEANUP_FD int second = -1;
	listening(true, &other, &second);
	const struct target_service s = {.pid = child, .network_ns = -1};
	CLEANUP_LISTENERS struct listeners l = {0};
	assert_int_equal(target_ports(&s, &l, NULL), 0);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.items[0].port, port);
	assert_string_equal(l.items[0].address, "127.0.0.1");
	child_end(child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ports_of_a_shared_network)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
