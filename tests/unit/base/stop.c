#include "unit.h"

#include <poll.h>

#include "base/stop.h"

static void a_request_stays(void **state)
{
	struct err e = {0};
	assert_int_equal(stop_fd(), -1);
	assert_int_equal(stop_check(&e), 0);
	int fd = stop_open(&e);
	assert_true(fd >= 0);
	assert_int_equal(stop_open(&e), fd);
	assert_int_equal(stop_fd(), fd);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 0), 0);
	stop_request();
	for (int i = 0; i < 2; i++) {
		assert_true(stop_requested());
		assert_int_equal(stop_check(&e), -ERR_CANCELLED);
		assert_int_equal(poll(&p, 1, 0), 1);
	}
	stop_forget();
	assert_false(stop_requested());
	assert_int_equal(poll(&p, 1, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_request_stays)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
