#include "unit.h"

#include <stdio.h>

#include "exercise/remarks.h"

/* steps: "KIND WHAT STATUS TYPE; ...". The id of the note, or "". */
static void remark_one(const char *steps, bool crawls, const char *id, const char *text)
{
	struct exercise_log log = {0};
	struct notes notes = {0};
	CLEANUP_FREE char *copy = mem_strdup(steps);
	char *rest = copy, *part;
	while ((part = strsep(&rest, ";")) && *part) {
		char kind[32] = "", what[64] = "", type[32] = "";
		struct exercise_step s = {.port = 80};
		assert_true(sscanf(part, " %31s %63s %d %31s", kind, what, &s.status, type) >= 3);
		for (int k = 0; k < EXERCISE_KINDS; k++)
			if (strcmp(exercise_kind_name((enum exercise_kind)k), kind) == 0)
				s.kind = (enum exercise_kind)k;
		s.what = mem_strdup(what);
		s.answer.type = *type ? mem_strdup(type) : NULL;
		exercise_log_add(&log, &s);
	}
	exercise_remarks_add(&log, crawls, &notes);
	assert_int_equal(notes.count, *id ? 1 : 0);
	if (*id) {
		assert_string_equal(notes.items[0].id, id);
		assert_non_null(strstr(notes.items[0].text, text));
	}
	notes_done(&notes);
	exercise_log_done(&log);
}

static void what_is_said(void **state)
{
	remark_one("", true, "", "");
	remark_one("http / 200 text/html; http /a 200 text/html", true, "", "");
	remark_one("http / 200 text/html", true, "crawl-reached-one-page", "/ on port 80");
	remark_one("http / 200 application/json", true, "crawl-reached-one-page", "--http-probe-cmd");
	remark_one("http / 200 text/html; http /a.css 200 text/css; http /b.png 200 image/png", true,
		   "crawl-reached-one-page", "--host-exec");
	remark_one("http / 302; http /login 200 text/html", true, "crawl-reached-one-page", "/login");
	remark_one("http / 404 text/html", true, "crawl-reached-no-page", "404");
	/* the requests were named */
	remark_one("http / 200 text/html", false, "", "");
	remark_one("http / -1", true, "http-not-exercised", "--host-exec");
	remark_one("http / -1", false, "http-not-exercised", "--host-exec");
	/* something else drove it */
	remark_one("http / -1; host-exec test 0", true, "", "");
	remark_one("http / 200 text/html; exec test 0", true, "", "");
	remark_one("http / -1; host-exec test 1", true, "http-not-exercised", "--host-exec");
	remark_one("healthcheck test 0; http / -1", true, "http-not-exercised", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
