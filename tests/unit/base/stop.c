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

static bool is_readable(void)
{
	struct pollfd p = {.fd = stop_fd(), .events = POLLIN};
	return poll(&p, 1, 0) == 1;
}

static void a_time_limit_is_taken_back(void **state)
{
	struct err e = {0};
	assert_true(stop_open(&e) >= 0);
	assert_false(stop_is_timeout());
	stop_request_timeout();
	stop_request_timeout();
	assert_true(stop_is_timeout());
	assert_int_equal(stop_check(&e), -ERR_CANCELLED);
	assert_true(is_readable());
	stop_resume();
	assert_false(stop_requested());
	assert_false(stop_is_timeout());
	assert_false(is_readable());
}

static void the_user_is_not_overruled(void **state)
{
	struct err e = {0};
	assert_true(stop_open(&e) >= 0);
	stop_request_timeout();
	stop_request();
	assert_false(stop_is_timeout());
	stop_resume();
	assert_true(stop_requested());
	assert_true(is_readable());
	stop_request_timeout();
	assert_false(stop_is_timeout());
	stop_forget();
	assert_false(stop_requested());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_stays),
	    cmocka_unit_test(a_time_limit_is_taken_back),
	    cmocka_unit_test(the_user_is_not_overruled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
