#include "unit.h"

#include "base/mem.h"
#include "report/checks/drift.h"

static void fill(struct report_drift *d, size_t lines)
{
	*d = (struct report_drift){.known = true, .paths = 800, .changed = lines};
	for (size_t i = 0; i < lines; i++)
		strlist_take(&d->lines, mem_printf("/a%zu changed", i));
}

static void as_text(void **state)
{
	struct report_drift d = {.paths = 3};
	CLEANUP_BUF struct buf out = {0};
	report_drift_text(&d, &out);
	d.known = true; /* nothing differs */
	report_drift_text(&d, &out);
	assert_int_equal(out.len, 0);
	fill(&d, 12);
	report_drift_text(&d, &out);
	const char *head = "drift       12 of 800 traced paths differ in this image\n              /a0 changed\n";
	assert_int_equal(strncmp(out.data, head, strlen(head)), 0);
	assert_non_null(strstr(out.data, "/a9 changed\n              and 2 more\n"));
	report_drift_done(&d);
}

static void as_json(void **state)
{
	struct report_drift d = {0};
	json_auto_t *none = report_drift_json(&d);
	assert_true(json_is_null(none));
	fill(&d, 1);
	json_auto_t *v = report_drift_json(&d);
	CLEANUP_FREE char *text = json_dumps(v, JSON_COMPACT);
	assert_string_equal(text, "{\"paths\":800,\"changed\":1,\"changes\":[\"/a0 changed\"]}");
	report_drift_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_text), cmocka_unit_test(as_json)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
