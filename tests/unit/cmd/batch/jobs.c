#include "unit.h"

#include "cmd/batch/jobs.h"

#define MEMINFO(kilobytes) "MemTotal:       99999999 kB\nMemAvailable:   " kilobytes " kB\nBuffers: 1 kB\n"

static void processors_and_memory_count(void **state)
{
	assert_int_equal(batch_jobs_of(8, NULL, NULL, NULL), 8);
	assert_int_equal(batch_jobs_of(8, MEMINFO("16777216"), NULL, NULL), 8);
	assert_int_equal(batch_jobs_of(8, MEMINFO("3145728"), NULL, NULL), 3);
	assert_int_equal(batch_jobs_of(8, MEMINFO("1000"), NULL, NULL), 1);
	assert_int_equal(batch_jobs_of(8, "MemTotal: 1 kB\n", NULL, NULL), 8);
	assert_int_equal(batch_jobs_of(0, NULL, NULL, NULL), 1);
}

static void limits_of_the_cgroup_count(void **state)
{
	assert_int_equal(batch_jobs_of(8, MEMINFO("16777216"), "max\n", "max 100000\n"), 8);
	assert_int_equal(batch_jobs_of(8, MEMINFO("16777216"), "2147483648\n", "max 100000\n"), 2);
	assert_int_equal(batch_jobs_of(8, MEMINFO("1048576"), "8589934592\n", "max 100000\n"), 1);
	assert_int_equal(batch_jobs_of(8, NULL, NULL, "150000 100000\n"), 2);
	assert_int_equal(batch_jobs_of(8, NULL, NULL, "50000 100000\n"), 1);
	assert_int_equal(batch_jobs_of(8, NULL, "no number", "100 0\n"), 8);
	assert_int_equal(batch_jobs_of(8, NULL, "", ""), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(processors_and_memory_count),
	    cmocka_unit_test(limits_of_the_cgroup_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
