#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "run/by_hand.h"

static int can_be_read(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 0);
}

static void a_line_is_for_one_run(void **state)
{
	int p[2];
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(write(p[1], "y\n\n", 3), 3);
	assert_int_equal(run_by_hand_take(p[0]), RUN_BY_HAND_NOT_YET);
	assert_int_equal(run_by_hand_take(p[0]), RUN_BY_HAND_ONCE);
	assert_int_equal(run_by_hand_take(p[0]), RUN_BY_HAND_ONCE);
	assert_int_equal(can_be_read(p[0]), 0);
	close(p[1]);
	assert_int_equal(run_by_hand_take(p[0]), RUN_BY_HAND_ENDED);
	close(p[0]);
}

static void signals_before_it_looks_are_one(void **state)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_int_equal(eventfd_write(fd, 1), 0);
	assert_int_equal(eventfd_write(fd, 1), 0);
	assert_int_equal(run_by_hand_take(fd), RUN_BY_HAND_ONCE);
	assert_int_equal(can_be_read(fd), 0);
	assert_int_equal(run_by_hand_take(fd), RUN_BY_HAND_NOT_YET);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_for_one_run),
	    cmocka_unit_test(signals_before_it_looks_are_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
