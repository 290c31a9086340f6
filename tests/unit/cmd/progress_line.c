#include "unit.h"

#include "cmd/progress_line.h"

static void live(uint64_t done, uint64_t total, const char *unit, unsigned columns, bool colour, const char *want)
{
	CLEANUP_BUF struct buf line = {0};
	struct progress_bar b;
	progress_bar_init(&b, PROGRESS_STAGES);
	progress_bar_step(&b, "pack", 0, total, unit, 0);
	progress_bar_step(&b, "pack", done, total, unit, 2000);
	buf_str(&line, "");
	progress_line_live(&b, 2000, columns, colour, &line);
	assert_string_equal(line.data, want);
}

static void on_a_terminal(void **state)
{
	live(0, 0, "", 80, false, "Packing the slim image");
	live(5, 10, "files", 80, false, "[############------------]  50 %  Packing the slim image: 5 of 10");
	live(11, 10, "files", 80, false, "[########################] 100 %  Packing the slim image: 11 of 10");
	live(5, 10, "files", 80, true,
	     "[\033[32m############\033[0m------------]  50 %  Packing the slim image: 5 of 10");
	live(10, 10, "files", 80, true,
	     "[\033[32m########################\033[0m] 100 %  Packing the slim image: 10 of 10");
	live(500000, 2500000, "bytes", 100, false,
	     "[####--------------------]  20 %  Packing the slim image: 0.5 of 2.5 MB, 8 s left");
	live(1000, 2500000, "bytes", 100, false,
	     "[------------------------]   0 %  Packing the slim image: 0.0 of 2.5 MB, 84 min left");
}

static void no_wider_than_the_terminal(void **state)
{
	live(500000, 2500000, "bytes", 59, false, " 20 %  Packing the slim image: 0.5 of 2.5 MB, 8 s left");
	live(500000, 2500000, "bytes", 60, false, "[####--------------------]  20 %  Packing the slim image: 0");
	live(500000, 2500000, "bytes", 12, true, " 20 %  Pack");
	live(500000, 2500000, "bytes", 1, true, "");
	live(500000, 2500000, "bytes", 0, true, "");
}

static void a_verification(void **state)
{
	CLEANUP_BUF struct buf line = {0};
	struct progress_bar b;
	progress_bar_init(&b, PROGRESS_BUILD);
	progress_bar_step(&b, "verify", 1, 0, "round", 0);
	progress_bar_step(&b, "run", 0, 0, "", 0);
	progress_line_live(&b, 0, 100, false, &line);
	assert_non_null(strstr(line.data, "%  Verifying: running the container"));
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
	    cmocka_unit_test(no_wider_than_the_terminal),
	    cmocka_unit_test(a_verification),
	    cmocka_unit_test(in_a_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
