#include "unit.h"

#include <stdlib.h>

#include "ci/output/build.h"
#include "report/sample.h"

static void figure(const struct ci_build *b, enum ci_figure which, const char *want)
{
	CLEANUP_FREE char *got = ci_build_figure(b, which);
	assert_string_equal(got, want);
}

static void of_a_result(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	const struct ci_build b = {&r, NULL, "1"};
	sample_sizes(&r);
	sample_result(&r);
	sample_destination(&r);
	figure(&b, CI_FIGURE_IMAGE, "oci:out:slim");
	figure(&b, CI_FIGURE_PINNED, "r.io/app@sha256:00");
	figure(&b, CI_FIGURE_SIZE, "14312345");
	figure(&b, CI_FIGURE_ORIGINAL_SIZE, "187234567");
	figure(&b, CI_FIGURE_REDUCTION, "92.4");
	figure(&b, CI_FIGURE_STATUS, "passed");
}

static void a_name_has_no_transport(void **state)
{
	static const char *const names[][2] = {{"docker://r.io/app:1", "r.io/app:1"},
					       {"docker-daemon:app.slim", "app.slim"},
					       {"containers-storage:localhost/app:1", "localhost/app:1"},
					       {"dir:/out", "dir:/out"}};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP_REPORT struct report r = {0};
		r.result.reference = mem_strdup(names[i][0]);
		figure(&(struct ci_build){&r, NULL, "1"}, CI_FIGURE_IMAGE, names[i][1]);
	}
}

static void unknown_is_empty(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	const struct err err = {.code = ERR_NOTFOUND};
	const struct ci_build b = {&r, &err, "1"};
	for (int i = 0; i < CI_FIGURE_STATUS; i++)
		figure(&b, (enum ci_figure)i, "");
	figure(&b, CI_FIGURE_STATUS, "failed");
}

static void statuses(void **state)
{
	static const struct {
		enum err_code code;
		const char *status;
	} all[] = {{ERR_GATE, "gate-failed"},
		   {ERR_DIFFERS, "not-proven"},
		   {ERR_UNPROVEN, "not-proven"},
		   {ERR_CANCELLED, "stopped"},
		   {ERR_SYS, "failed"}};
	CLEANUP_REPORT struct report r = {0};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct err err = {.code = all[i].code};
		figure(&(struct ci_build){&r, &err, "1"}, CI_FIGURE_STATUS, all[i].status);
	}
	r.gates.published = "original";
	figure(&(struct ci_build){&r, NULL, "1"}, CI_FIGURE_STATUS, "kept-original");
	const struct err gate = {.code = ERR_GATE};
	figure(&(struct ci_build){&r, &gate, "1"}, CI_FIGURE_STATUS, "kept-original");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_a_result),
	    cmocka_unit_test(a_name_has_no_transport),
	    cmocka_unit_test(unknown_is_empty),
	    cmocka_unit_test(statuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
