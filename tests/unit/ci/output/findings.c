#include "unit.h"

#include "ci/output/findings.h"
#include "ci/output/hostile.h"

static void is(const struct ci_finding *f, enum ci_level level, const char *id, const char *text)
{
	assert_int_equal(f->level, level);
	assert_string_equal(f->id, id);
	assert_string_equal(f->text, text);
}

static void errors_come_first(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_CI_FINDINGS struct ci_findings f = {0};
	const struct err err = {.code = ERR_GATE, .id = "gate-failed", .msg = "1 of 2 gates failed"};
	struct run_result *run = sample_run(&r);
	notes_add(&r.notes, "test-note", "a note");
	run->failure = mem_strdup("it ended");
	sample_step(run, EXERCISE_HTTP, "GET /a", 80, 500, NULL);
	sample_step(run, EXERCISE_HTTP, "GET /a", 80, 500, NULL);
	sample_step(run, EXERCISE_EXEC, "false", 0, 1, NULL);
	verify_difference_add(&r.verify, "GET / on port 80", "status", "200", "500");
	verify_lookup_add(&r.verify, "/lib/x.so", "/bin/y");
	report_gates_add(&r.gates, "max-size", "60MB", mem_strdup("72.1 MB"), false);
	report_gates_add(&r.gates, "require-verify", NULL, mem_strdup("verified"), true);
	ci_findings_make(&(struct ci_build){&r, &err, "1"}, &f);
	assert_int_equal(f.count, 8);
	is(&f.items[0], CI_LEVEL_ERROR, "gate-failed", "1 of 2 gates failed");
	is(&f.items[1], CI_LEVEL_ERROR, "gate-max-size", "the gate --max-size 60MB failed: 72.1 MB");
	is(&f.items[2], CI_LEVEL_ERROR, "difference",
	   "GET / on port 80: the status of the slim image is 500, that of the original 200");
	is(&f.items[3], CI_LEVEL_ERROR, "file-missed",
	   "/bin/y: the slim image looked for /lib/x.so, which only the original has");
	assert_string_equal(f.items[3].path, "/lib/x.so");
	is(&f.items[4], CI_LEVEL_WARNING, "run-failed", "nginx -g 'daemon off;': it ended");
	is(&f.items[5], CI_LEVEL_WARNING, "request-failed", "GET /a on port 80 failed: 500");
	is(&f.items[6], CI_LEVEL_WARNING, "command-failed", "false failed: exit 1");
	is(&f.items[7], CI_LEVEL_NOTE, "test-note", "a note");
	assert_int_equal(ci_findings_count(&f, CI_LEVEL_ERROR), 4);
}

/* Figures change from build to build, and a finding is the same: GitLab compares fingerprints. */
static void a_fingerprint_is_of_the_subject(void **state)
{
	char digests[2][SHA256_HEX_SIZE];
	for (int i = 0; i < 2; i++) {
		CLEANUP_REPORT struct report r = {0};
		CLEANUP_CI_FINDINGS struct ci_findings f = {0};
		report_gates_add(&r.gates, "max-size", "60MB", mem_strdup(i ? "72.1 MB" : "71.0 MB"), false);
		ci_findings_make(&(struct ci_build){&r, NULL, "1"}, &f);
		assert_int_equal(f.count, 1);
		ci_finding_fingerprint(&f.items[0], digests[i]);
	}
	assert_string_equal(digests[0], digests[1]);
}

static void an_early_failure(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_CI_FINDINGS struct ci_findings f = {0};
	const struct err err = {.code = ERR_NOTFOUND, .id = "tag-not-found", .msg = "no such tag"};
	ci_findings_make(&(struct ci_build){&r, &err, "1"}, &f);
	assert_int_equal(f.count, 1);
	is(&f.items[0], CI_LEVEL_ERROR, "tag-not-found", "no such tag");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(errors_come_first),
	    cmocka_unit_test(a_fingerprint_is_of_the_subject),
	    cmocka_unit_test(an_early_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
