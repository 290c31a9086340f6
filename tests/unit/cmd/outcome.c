#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "cmd/outcome.h"
#include "os/fd.h"

/* outcome_show with standard output and error at these, and what it returned. */
static int show(const struct outcome *o, int code, int out, int err)
{
	fflush(stdout);
	fflush(stderr);
	int saved_out = dup(1), saved_err = dup(2);
	assert_true(dup2(out, 1) == 1 && dup2(err, 2) == 2);
	code = outcome_show(o, code);
	__fpurge(stdout);
	clearerr(stdout);
	assert_true(dup2(saved_out, 1) == 1 && dup2(saved_err, 2) == 2);
	close(saved_out);
	close(saved_err);
	return code;
}

static void assert_read(int fd, const char *want)
{
	char text[512] = "";
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	assert_string_equal(text, want);
}

static void each_goes_to_its_stream(void **state)
{
	int out[2], err[2];
	struct outcome o = {0};
	assert_true(pipe2(out, O_NONBLOCK) == 0 && pipe2(err, O_NONBLOCK) == 0);
	buf_str(&o.result, "result\n");
	buf_str(&o.page, "page\n");
	err_set(&o.err, ERR_DIFFERS, "test-failure", "a \x1b b");
	assert_int_equal(show(&o, EXIT_DIFFERS, out[1], err[1]), EXIT_DIFFERS);
	assert_read(out[0], "result\n");
	assert_read(err[0], "slim: a \\x1b b\npage\n");
	outcome_done(&o);
	for (int i = 0; i < 2; i++)
		assert_true(close(out[i]) == 0 && close(err[i]) == 0);
}

static void only_commands_are_commands(void **state)
{
	for (int taken = 0; taken < 2; taken++) {
		int out[2], err[2];
		struct outcome o = {.stdout_taken = taken};
		assert_true(pipe2(out, O_NONBLOCK) == 0 && pipe2(err, O_NONBLOCK) == 0);
		buf_str(&o.result, "::a\n");
		buf_str(&o.page, "##vso[b]\n");
		buf_str(&o.commands, "::error::c\n");
		err_set(&o.err, ERR_DIFFERS, "test-failure", "##[d]");
		assert_int_equal(show(&o, EXIT_DIFFERS, out[1], err[1]), EXIT_DIFFERS);
		assert_read(out[0], taken ? "\\x3a:a\n" : "\\x3a:a\n::error::c\n");
		assert_read(err[0],
			    taken ? "slim: #\\x23[d]\n#\\x23vso[b]\n::error::c\n" : "slim: #\\x23[d]\n#\\x23vso[b]\n");
		outcome_done(&o);
		for (int i = 0; i < 2; i++)
			assert_true(close(out[i]) == 0 && close(err[i]) == 0);
	}
}

static void a_full_output_is_a_failure(void **state)
{
	int err[2];
	CLEANUP_FD int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct outcome o = {0};
	assert_true(full >= 0 && pipe2(err, O_NONBLOCK) == 0);
	buf_str(&o.result, "result\n");
	assert_int_equal(show(&o, EXIT_DONE, full, err[1]), EXIT_FAILED);
	assert_read(err[0], "slim: cannot write to standard output: No space left on device\n");
	outcome_done(&o);
	assert_true(close(err[0]) == 0 && close(err[1]) == 0);
}

static void a_second_error_joins_the_first(void **state)
{
	struct outcome o = {0};
	struct err first, second;
	err_set(&first, ERR_DIFFERS, "test-failure", "it differs");
	err_set(&second, ERR_SYS, "test-failure", "the disk is full");
	outcome_fail(&o, &first);
	assert_string_equal(o.err.msg, "it differs");
	outcome_fail(&o, &second);
	assert_string_equal(o.err.msg, "it differs; the disk is full");
	assert_int_equal(o.err.code, ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_goes_to_its_stream),
	    cmocka_unit_test(only_commands_are_commands),
	    cmocka_unit_test(a_full_output_is_a_failure),
	    cmocka_unit_test(a_second_error_joins_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
