#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/eventfd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "target/listening.h"
#include "target/reach.h"

static void names_lead_to_addresses(void **state)
{
	char address[INET6_ADDRSTRLEN];
	uint16_t port;
	CLEANUP_FD int fd = -1;
	listening(true, &port, &fd);
	assert_int_equal(target_reach("127.0.0.1", port, 0, NULL, address, NULL), 0);
	assert_string_equal(address, "127.0.0.1");
	address[0] = '\0';
	assert_int_equal(target_reach("localhost", port, 0, NULL, address, NULL),
			 0); /* whether it is ::1 first or not */
	assert_string_equal(address, "127.0.0.1");
}

static void nobody_listens(void **state)
{
	char address[INET6_ADDRSTRLEN];
	struct err err = {0};
	uint16_t port;
	CLEANUP_FD int fd = -1;
	listening(false, &port, &fd); /* so that nobody else does */
	assert_int_equal(target_reach("127.0.0.1", port, 0, NULL, address, &err), -ERR_SYS);
	assert_string_equal(err.id, "target-unreachable");
	assert_int_equal(err.sys, ECONNREFUSED);
}

static void it_waits_as_long_as_it_is_told(void **state)
{
	char address[INET6_ADDRSTRLEN];
	uint16_t port;
	CLEANUP_FD int fd = -1;
	listening(false, &port, &fd);
	uint64_t began = clock_ms();
	assert_int_equal(target_reach("127.0.0.1", port, began + 200, NULL, address, NULL), -ERR_SYS);
	assert_true(clock_ms() - began >= 200);
}

static void the_user_stops_it(void **state)
{
	char address[INET6_ADDRSTRLEN];
	uint16_t port;
	CLEANUP_FD int fd = -1, stop = eventfd(1, EFD_CLOEXEC);
	listening(false, &port, &fd);
	const struct progress progress = {.cancel_fd = stop};
	assert_int_equal(target_reach("127.0.0.1", port, UINT64_MAX, &progress, address, NULL), -ERR_CANCELLED);
}

static void names_that_are_none(void **state)
{
	char address[INET6_ADDRSTRLEN];
	struct err err = {0};
	assert_int_equal(target_reach("[not-an-address]", 80, 0, NULL, address, &err), -ERR_NOTFOUND);
	assert_string_equal(err.id, "host-not-found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_lead_to_addresses),
	    cmocka_unit_test(nobody_listens),
	    cmocka_unit_test(it_waits_as_long_as_it_is_told),
	    cmocka_unit_test(the_user_stops_it),
	    cmocka_unit_test(names_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
