#include "unit.h"

#include "cmd/progress_line.h"

static void live(uint64_t done, uint64_t total, const char *unit, bool colour, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	progress_line_live("unpack", done, total, unit, colour, &b);
	assert_string_equal(b.data, want);
}

static void on_a_terminal(void **state)
{
	live(0, 0, "", false, "unpack");
	live(0, 0, "", true, "\033[1munpack\033[0m");
	live(0, 10, "files", false, "unpack [------------------------] 0 of 10 files");
	live(5, 10, "files", false, "unpack [############------------] 5 of 10 files");
	live(2500000, 2500000, "bytes", false, "unpack [########################] 2.5 of 2.5 MB");
	live(11, 10, "files", false, "unpack [########################] 11 of 10 files");
	live(5, 10, "files", true, "\033[1munpack\033[0m [\033[32m############\033[0m------------] 5 of 10 files");
	live(10, 10, "files", true, "\033[1munpack\033[0m [\033[32m########################\033[0m] 10 of 10 files");
}

static void in_a_log(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	progress_line_plain("unpack", 0, &b);
	progress_line_plain("exercise", 61250, &b);
	assert_string_equal(b.data, "slim: unpack   after 0.0 s\nslim: exercise after 61.2 s\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(on_a_terminal),
	    cmocka_unit_test(in_a_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
