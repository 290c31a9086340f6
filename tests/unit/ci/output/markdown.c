#include "unit.h"

#include "ci/output/hostile.h"
#include "ci/output/markdown.h"

static void is(const struct report *r, const struct err *err, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	ci_markdown(&(struct ci_build){r, err, "1"}, &b);
	assert_string_equal(b.data, want);
}

static void ordinary(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_sizes(&r);
	sample_result(&r);
	sample_destination(&r);
	sample_rest(&r);
	r.verify = (struct verify_verdict){.done = true, .equal = true, .equal_steps = 2, .equal_runs = 1};
	report_gates_add(&r.gates, "max-size", "60MB", mem_strdup("14.3 MB"), true);
	is(&r, NULL,
	   "<!-- slim-report:in -->\n"
	   "### slim: <code>oci&#58;in&#58;nginx&#58;1.25</code> is 14.3 MB now (-92.4 %)\n\n"
	   "| | before | after | change |\n|---|---:|---:|---:|\n"
	   "| unpacked | 187.2 MB | 14.3 MB | -92.4 % |\n"
	   "| compressed | 71.0 MB | 900.0 kB | -98.7 % |\n"
	   "| files | 3140 | 72 | -97.7 % |\n"
	   "| layers | 7 | 1 | -85.7 % |\n\n"
	   "Verified: 2 steps and 1 run equal, 0 differences\n\n"
	   "| gate | limit | found | |\n|---|---|---|---|\n"
	   "| max-size | <code>60MB</code> | <code>14.3 MB</code> | passed |\n\n"
	   "**Notes**\n\n- <code>the container wrote to /var/cache</code>\n\n"
	   "**Published**\n\n- <code>docker&#58;//r.io/app&#58;1</code>, <code>r.io/app&#64;sha256&#58;00</code>\n\n");
}

static void a_failure(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	const struct err err = {.code = ERR_NOTFOUND, .id = "tag-not-found", .msg = "no such tag"};
	is(&r, &err,
	   "<!-- slim-report: -->\n### slim: <code>build</code>: the build failed\n\n**Errors**\n\n"
	   "- <code>no such tag</code>\n\n");
}

static const char *title(struct report *r, enum err_code code, struct buf *b)
{
	const struct err err = {.code = code, .id = "test-failure", .msg = "m"};
	b->len = 0;
	ci_markdown(&(struct ci_build){r, &err, "1"}, b);
	*strstr(b->data, "\n\n") = '\0';
	return strchr(b->data, '\n') + 1;
}

static void titles(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	assert_string_equal(title(&r, ERR_GATE, &b),
			    "### slim: <code>build</code>: a gate failed, nothing was published");
	assert_string_equal(title(&r, ERR_DIFFERS, &b),
			    "### slim: <code>build</code>: not proven, nothing was published");
	assert_string_equal(title(&r, ERR_CANCELLED, &b), "### slim: <code>build</code>: stopped on request");
	report_gates_add(&r.gates, "max-size", "1MB", mem_strdup("2 MB"), false);
	r.gates.published = "original";
	assert_string_equal(title(&r, ERR_NONE, &b), "### slim: <code>build</code>: **the original was "
						     "published in the place of the result**");
}

static void the_marker_names_the_source(void **state)
{
	static const char *const names[][2] = {
	    {"docker://r.io/team/app:1a2b3c", "r.io/team/app"},
	    {"docker-daemon:app:1", "docker.io/library/app"},
	    {"oci:/a--b->:1", "/a_-b-_"},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP_REPORT struct report r = {0};
		CLEANUP_BUF struct buf b = {0};
		CLEANUP_FREE char *want = mem_printf("<!-- slim-report:%s -->", names[i][1]);
		r.source.reference = mem_strdup(names[i][0]);
		ci_markdown(&(struct ci_build){&r, NULL, "1"}, &b);
		*strchr(b.data, '\n') = '\0';
		assert_string_equal(b.data, want);
	}
}

static void however_much_was_found(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	const struct err err = {.code = ERR_GATE, .id = "gate-failed", .msg = HOSTILE};
	char worst[600];
	memset(worst, '\1', sizeof(worst) - 1);
	worst[sizeof(worst) - 1] = '\0';
	hostile_report(&r);
	for (int i = 0; i < 200; i++) {
		CLEANUP_FREE char *text = mem_printf("%d%s", i, worst);
		notes_add(&r.notes, "test-note", "%s", text);
		verify_difference_add(&r.verify, text, "status", worst, worst);
		report_gates_add(&r.gates, "must-drop", worst, mem_strdup(worst), false);
	}
	ci_markdown(&(struct ci_build){&r, &err, "1"}, &b);
	assert_true(b.len < 60000);
	assert_non_null(strstr(b.data, "\n| and 1"));
	assert_non_null(strstr(b.data, "\n- and 1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ordinary),
	    cmocka_unit_test(a_failure),
	    cmocka_unit_test(titles),
	    cmocka_unit_test(the_marker_names_the_source),
	    cmocka_unit_test(however_much_was_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
