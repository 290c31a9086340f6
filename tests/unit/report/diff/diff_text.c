#include "unit.h"

#include "report/diff/sample.h"

static const struct sample_image images[2] = {
    {"A\x1b", {"f same 644 0:0 1 1\n", "f gone 644 0:0 1 1\nf changed 644 0:0 1 1\n"}},
    {"B", {"f same 644 0:0 1 1\n", "f changed 600 0:0 1 2\n"}},
};

static void sums_and_paths(void **state)
{
	CLEANUP_SAMPLE struct sample s;
	CLEANUP_BUF struct buf sums = {0}, all = {0};
	sample_init(&s, images, 1, 0);
	report_diff_text(&s.diff, s.sides, false, &sums);
	report_diff_text(&s.diff, s.sides, true, &all);
	assert_non_null(strstr(sums.data, "A\\x1b\n"));
	assert_non_null(strstr(sums.data, "  b  2  RUN step-b2\n"));
	assert_non_null(strstr(sums.data, "  a  2  RUN step-a2\n"));
	assert_null(strstr(sums.data, "/changed"));
	assert_null(strstr(sums.data, "unsure"));
	assert_non_null(strstr(all.data, "/changed  (content, mode)\n"));
}

static void unread_layers(void **state)
{
	CLEANUP_SAMPLE struct sample s;
	CLEANUP_BUF struct buf all = {0}, json = {0};
	sample_init(&s, images, 1, 1);
	report_diff_text(&s.diff, s.sides, true, &all);
	assert_non_null(strstr(all.data, "not read"));
	assert_non_null(strstr(all.data, "--exact"));
	assert_non_null(strstr(all.data, "/gone  (unsure)\n"));
	report_diff_json(&s.diff, s.sides, &json);
	assert_non_null(strstr(json.data, "\"slim.diff/v1\""));
	assert_non_null(strstr(json.data, "\"bytes\": null"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sums_and_paths),
	    cmocka_unit_test(unread_layers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
