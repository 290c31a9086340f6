#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/fd.h"
#include "run/output/kept_output.h"

/* The file after n bytes of an endless alphabet came in pieces of step bytes. */
static uint64_t print(size_t n, size_t step, struct buf *out)
{
	struct err e = {0};
	CLEANUP_FD int fd = memfd_create("output", MFD_CLOEXEC);
	CLEANUP_KEPT_OUTPUT struct run_kept_output k;
	run_kept_output_init(&k, fd, 5, 3);
	char piece[100];
	for (size_t at = 0; at < n; at += step) {
		size_t part = n - at < step ? n - at : step;
		for (size_t i = 0; i < part; i++)
			piece[i] = (char)('a' + (at + i) % 26);
		assert_int_equal(run_kept_output_add(&k, piece, part, &e), 0);
	}
	assert_int_equal(run_kept_output_finish(&k, &e), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	out->len = 0;
	assert_int_equal(fd_read_all(fd, 1000, "output", out, &e), 0);
	return run_kept_output_left_out(&k);
}

static void head_and_tail(void **state)
{
	static const struct {
		size_t n;
		const char *want;
		uint64_t left_out;
	} cases[] = {
	    {0, "", 0},
	    {4, "abcd", 0},
	    {5, "abcde", 0},
	    {7, "abcdefg", 0},
	    {8, "abcdefgh", 0},
	    {9, "abcde\n[slim left out 1 bytes of output]\nghi", 1},
	    {11, "abcde\n[slim left out 3 bytes of output]\nijk", 3},
	    {26, "abcde\n[slim left out 18 bytes of output]\nxyz", 18},
	    {52, "abcde\n[slim left out 44 bytes of output]\nxyz", 44},
	};
	CLEANUP_BUF struct buf out = {0};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t step = 1; step <= 60; step++) {
			assert_int_equal(print(cases[i].n, step, &out), cases[i].left_out);
			assert_string_equal(out.data ? out.data : "", cases[i].want);
		}
}

static void little_is_written_of_much(void **state)
{
	struct err e = {0};
	CLEANUP_FD int fd = memfd_create("output", MFD_CLOEXEC);
	CLEANUP_KEPT_OUTPUT struct run_kept_output k;
	static char block[1 << 16];
	run_kept_output_init(&k, fd, RUN_KEPT_HEAD, RUN_KEPT_TAIL);
	for (size_t i = 0; i < 1 << 14; i++) /* 1 GiB */
		assert_int_equal(run_kept_output_add(&k, block, sizeof(block), &e), 0);
	assert_int_equal(run_kept_output_finish(&k, &e), 0);
	assert_int_equal(run_kept_output_left_out(&k), (1u << 30) - RUN_KEPT_HEAD - RUN_KEPT_TAIL);
	assert_in_range(lseek(fd, 0, SEEK_END), RUN_KEPT_HEAD + RUN_KEPT_TAIL, RUN_KEPT_HEAD + RUN_KEPT_TAIL + 100);
}

static void a_full_disk_is_told(void **state)
{
	struct err e = {0};
	CLEANUP_FD int fd = open("/dev/full", O_WRONLY | O_APPEND | O_CLOEXEC);
	CLEANUP_KEPT_OUTPUT struct run_kept_output k;
	run_kept_output_init(&k, fd, 5, 3);
	assert_int_equal(run_kept_output_add(&k, "abc", 3, &e), -ERR_SYS);
	assert_int_equal(e.sys, ENOSPC);
	assert_int_equal(run_kept_output_add(&k, "defgh", 5, &e), -ERR_SYS);
	assert_int_equal(run_kept_output_finish(&k, &e), -ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(head_and_tail),
	    cmocka_unit_test(little_is_written_of_much),
	    cmocka_unit_test(a_full_disk_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
