#include "unit.h"

#include "base/mem.h"
#include "target/child.h"
#include "target/processes.h"

static bool has(const pid_t *pids, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

static void the_first_and_what_it_started(void **state)
{
	pid_t child = child_start(), other = child_start();
	const struct target_service ours = {.pid = getpid()}, theirs = {.pid = child};
	size_t n;
	CLEANUP_FREE pid_t *all = target_processes(&ours, &n);
	assert_true(has(all, n, getpid()) && has(all, n, child) && has(all, n, other));
	for (size_t i = 1; i < n; i++)
		assert_true(all[i - 1] < all[i]);
	CLEANUP_FREE pid_t *one = target_processes(&theirs, &n);
	assert_int_equal(n, 1); /* they share our pid namespace: what else is in it is not theirs */
	assert_int_equal(one[0], child);
	child_end(child);
	child_end(other);
	CLEANUP_FREE pid_t *none = target_processes(&theirs, &n);
	assert_non_null(none);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_and_what_it_started)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
