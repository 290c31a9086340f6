#include "unit.h"

#include "base/mem.h"
#include "report/checks/gates.h"

static void add_two(struct report_gates *g)
{
	report_gates_add(g, "max-size", "60MB", mem_strdup("72.1 MB"), false);
	report_gates_add(g, "require-verify", NULL, mem_strdup("3 steps \x1b equal"), true);
}

static void as_json(void **state)
{
	struct report_gates g = {0};
	json_auto_t *empty = report_gates_json(&g);
	CLEANUP_FREE char *none = json_dumps(empty, JSON_COMPACT);
	assert_string_equal(none, "{\"passed\":null,\"published\":null,\"list\":[]}");
	add_two(&g);
	g.published = "original";
	assert_true(report_gates_kept_original(&g));
	json_auto_t *v = report_gates_json(&g);
	CLEANUP_FREE char *text = json_dumps(v, JSON_COMPACT);
	assert_string_equal(
	    text,
	    "{\"passed\":false,\"published\":\"original\",\"list\":["
	    "{\"name\":\"max-size\",\"limit\":\"60MB\",\"figure\":\"72.1 MB\",\"passed\":false},"
	    "{\"name\":\"require-verify\",\"limit\":null,\"figure\":\"3 steps \\u001B equal\",\"passed\":true}]}");
	report_gates_done(&g);
}

static void as_text(void **state)
{
	struct report_gates g = {0};
	CLEANUP_BUF struct buf out = {0}, page = {0};
	report_gates_text(&g, &out);
	assert_int_equal(out.len, 0);
	add_two(&g);
	assert_int_equal(report_gates_failed(&g), 1);
	assert_false(report_gates_kept_original(&g));
	report_gates_text(&g, &out);
	assert_string_equal(out.data, "gates       FAILED  --max-size 60MB: 72.1 MB\n"
				      "            passed  --require-verify: 3 steps \\x1b equal\n");
	report_gates_page(&g, &page);
	assert_string_equal(page.data, "    --max-size 60MB: 72.1 MB\n");
	report_gates_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_json),
	    cmocka_unit_test(as_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
