#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "run/input.h"

#define MUCH (1u << 20) /* more than a pipe holds */

static int file_of(size_t n)
{
	FILE *f = tmpfile();
	for (size_t i = 0; i < n; i++)
		putc('a' + (int)(i % 26), f);
	fflush(f);
	int fd = dup(fileno(f));
	fclose(f);
	return fd;
}

static void all_of_it_comes_each_time(void **state)
{
	CLEANUP_FD int file = file_of(MUCH);
	CLEANUP_FREE char *block = mem_alloc(MUCH);
	for (int k = 0; k < 2; k++) {
		struct run_input *i = NULL;
		CLEANUP_FD int end = run_input_open(file, &i, NULL);
		size_t got = 0;
		assert_true(end >= 0);
		for (ssize_t n; (n = read(end, block, MUCH)) > 0; got += (size_t)n)
			for (ssize_t j = 0; j < n; j++)
				assert_int_equal(block[j], 'a' + (int)((got + (size_t)j) % 26));
		assert_int_equal(got, MUCH);
		run_input_close(i);
	}
}

static void it_ends_while_nobody_reads(void **state)
{
	CLEANUP_FD int file = file_of(MUCH);
	struct run_input *i = NULL;
	CLEANUP_FD int end = run_input_open(file, &i, NULL);
	assert_true(end >= 0);
	run_input_close(i); /* else this hangs */
}

static void a_reader_that_goes_is_no_harm(void **state)
{
	CLEANUP_FD int file = file_of(MUCH);
	struct run_input *i = NULL;
	int end = run_input_open(file, &i, NULL);
	char c;
	assert_int_equal(read(end, &c, 1), 1);
	close(end);
	run_input_close(i);
}

static void without_a_file_it_is_empty(void **state)
{
	char c;
	CLEANUP_FD int end = run_input_open(-1, NULL, NULL);
	assert_int_equal(read(end, &c, 1), 0);
	run_input_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_of_it_comes_each_time),
	    cmocka_unit_test(it_ends_while_nobody_reads),
	    cmocka_unit_test(a_reader_that_goes_is_no_harm),
	    cmocka_unit_test(without_a_file_it_is_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
