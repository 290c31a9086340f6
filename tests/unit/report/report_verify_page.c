#include "unit.h"

#include "base/mem.h"
#include "report/report_verify_page.h"

static void the_page(void **state)
{
	struct verify_verdict v = {.done = true, .rounds = 2};
	CLEANUP_BUF struct buf b = {0};
	verify_difference_add(&v, "GET /a on port 80", "status", "200", "500");
	verify_difference_add(&v, "GET /a on port 80", "answer", "one\ntwo", "");
	verify_difference_add(&v, "the run `x\033`", "failure", "none", "no luck\033");
	verify_lookup_add(&v, "/x", "/bin/sh");
	verify_lookup_add(&v, "/y\n", NULL);
	verify_healed_add(&v, "/z", "why", 1);
	strlist_add(&v.left_out, "/w");
	strlist_add(&v.incomparable, "GET /r on port 80: status (2xx, 5xx)");
	buf_str(&v.log, "first\nsecond \033[31m\nno newline");
	report_verify_page(&v, &b);
	assert_string_equal(b.data, "GET /a on port 80\n"
				    "    status: 500, was 200\n"
				    "    answer, the original and then the slim image:\n"
				    "      - one\n"
				    "      - two\n"
				    "      + (nothing)\n"
				    "the run `x\\x1b`\n"
				    "    failure: no luck\\x1b, was none\n"
				    "The slim image looked for these, which only the original has:\n"
				    "    --include /x    for /bin/sh\n"
				    "    --include /y\\x0a\n"
				    "It also looked for these, which were left out as you said:\n"
				    "    /w\n"
				    "These are incomparable, as they differ between runs of the original:\n"
				    "    GET /r on port 80: status (2xx, 5xx)\n"
				    "Added in 2 rounds, which was not enough:\n"
				    "    /z\n"
				    "The slim image printed (the end of it):\n"
				    "  | first\n"
				    "  | second \\x1b[31m\n"
				    "  | no newline\n");
	verify_verdict_done(&v);
}

static void much_is_counted(void **state)
{
	struct verify_verdict v = {.done = true};
	CLEANUP_BUF struct buf b = {0};
	for (int i = 0; i < 100; i++) {
		CLEANUP_FREE char *path = mem_printf("/%d", i);
		verify_difference_add(&v, path, "status", "200", "404");
		verify_lookup_add(&v, path, NULL);
		buf_printf(&v.log, "line %d\n", i);
	}
	report_verify_page(&v, &b);
	assert_non_null(strstr(b.data, "/11\n"));
	assert_null(strstr(b.data, "/12\n"));
	assert_non_null(strstr(b.data, "and 88 more differences\n"));
	assert_non_null(strstr(b.data, "and 88 more paths\n"));
	assert_null(strstr(b.data, "| line 79\n"));
	assert_non_null(strstr(b.data, "| line 80\n"));
	verify_verdict_done(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_page),
	    cmocka_unit_test(much_is_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
