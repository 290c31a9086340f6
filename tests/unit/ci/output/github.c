#include "unit.h"

#include "ci/output/github.h"
#include "ci/output/hostile.h"

static const struct err gate = {.code = ERR_GATE, .id = "gate-failed", .msg = "a gate" HOSTILE};

static size_t lines_of(const char *s)
{
	size_t n = 0;
	for (; (s = strchr(s, '\n')); s++)
		n++;
	return n;
}

static void annotations_are_a_line_each(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	const struct ci_build build = {&r, &gate, "1"};
	hostile_report(&r);
	ci_github_annotations(&build, &b);
	assert_true(strncmp(b.data, "::error title=slim%3A gate-failed::a gate", 41) == 0);
	for (const char *line = b.data; *line; line = strchr(line, '\n') + 1)
		assert_true(strncmp(line, "::error title=slim%3A ", 22) == 0 ||
			    strncmp(line, "::warning title=slim%3A ", 24) == 0 ||
			    strncmp(line, "::notice title=slim%3A ", 23) == 0);
	assert_non_null(strstr(b.data, "%250A%2525")); /* a percent sign stays one */
	assert_null(strchr(b.data, '\r'));
	assert_int_equal(lines_of(b.data), 7); /* the request that failed twice is one */
}

static void at_most_ten(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	const struct ci_build build = {&r, NULL, "1"};
	for (int i = 0; i < 10; i++)
		notes_add(&r.notes, "test-note", "%d", i);
	ci_github_annotations(&build, &b);
	assert_int_equal(lines_of(b.data), 10);
	assert_null(strstr(b.data, "more findings"));
	notes_add(&r.notes, "test-note", "the last");
	buf_done(&b);
	ci_github_annotations(&build, &b);
	assert_int_equal(lines_of(b.data), 10);
	assert_non_null(strstr(b.data, "::notice title=slim::2 more findings"));
}

/* Reads them as the runner does. */
static void outputs_are_between_delimiters(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	const struct ci_build build = {&r, NULL, "1"};
	hostile_report(&r);
	ci_github_outputs(&build, &b);
	char *line = b.data;
	for (int i = 0; i < CI_FIGURES; i++) {
		char *name = strsep(&line, "\n"), *end = strstr(name, "<<");
		assert_non_null(end);
		*end = '\0';
		assert_string_equal(name, ci_figure_names[i]);
		char *value = strsep(&line, "\n");
		assert_true(strcmp(value, end + 2) != 0);
		if (i == CI_FIGURE_IMAGE)
			assert_true(strncmp(value, "oci:/b]]>", 9) == 0 && strstr(value, "slim_end"));
		if (i == CI_FIGURE_REDUCTION)
			assert_string_equal(value, "75.0");
		assert_string_equal(strsep(&line, "\n"), end + 2);
	}
	assert_string_equal(line, "");
}

static void the_summary_fits_or_is_left_out(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	const struct ci_build build = {&r, NULL, "1"};
	sample_sizes(&r);
	ci_github_summary(&build, CI_GITHUB_SUMMARY_MAX, &b);
	assert_int_equal(b.len, 0);
	ci_github_summary(&build, 0, &b);
	const size_t whole = b.len;
	assert_true(whole > 0);
	buf_done(&b);
	ci_github_summary(&build, CI_GITHUB_SUMMARY_MAX - whole - 1, &b);
	assert_int_equal(b.len, whole);
	buf_done(&b);
	ci_github_summary(&build, CI_GITHUB_SUMMARY_MAX - whole, &b);
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(annotations_are_a_line_each),
	    cmocka_unit_test(at_most_ten),
	    cmocka_unit_test(outputs_are_between_delimiters),
	    cmocka_unit_test(the_summary_fits_or_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
