#include "unit.h"

#include <jansson.h>

#include "base/buf.h"
#include "ci/inspect/inspect.h"

static char path[] = "/a b", advice[] = "do it", name[] = "TOKEN";

static void fill(struct findings_item items[3], struct findings *f)
{
	items[0] = (struct findings_item){.rule = findings_rule_find("npmrc"), .path = path, .advice = advice};
	items[1] = (struct findings_item){.rule = findings_rule_find("root-user"),
					  .where = FINDINGS_IN_CONFIG,
					  .layer = FINDINGS_NO_LAYER,
					  .name = name,
					  .advice = advice};
	items[2] = (struct findings_item){.rule = findings_rule_find("logs"), .path = path, .advice = advice};
	*f = (struct findings){.items = items, .count = 3};
}

static void a_result_for_each_finding(void **state)
{
	static const char *const ids[] = {"npmrc", "root-user", "logs"}, *const levels[] = {"error", "warning", "note"},
				 *const uris[] = {"a%20b", "Dockerfile", "a%20b"};
	CLEANUP_BUF struct buf b = {0};
	struct findings_item items[3];
	struct findings f;
	fill(items, &f);
	ci_inspect_sarif(&f, "oci:a", "1", &b);
	json_t *root = json_loadb(b.data, b.len, 0, NULL), *run = json_array_get(json_object_get(root, "runs"), 0);
	json_t *results = json_object_get(run, "results");
	assert_int_equal(json_array_size(results), 3);
	for (size_t i = 0; i < 3; i++) {
		const char *id, *level, *text, *uri;
		assert_int_equal(json_unpack(json_array_get(results, i), "{s:s, s:s, s:{s:s}, s:[{s:{s:{s:s}}}]}",
					     "ruleId", &id, "level", &level, "message", "text", &text, "locations",
					     "physicalLocation", "artifactLocation", "uri", &uri),
				 0);
		assert_string_equal(id, ids[i]);
		assert_string_equal(level, levels[i]);
		assert_string_equal(uri, uris[i]);
		assert_non_null(strstr(text, advice));
	}
	json_decref(root);
}

static void passes(const char *limit, size_t from, bool expected)
{
	struct findings_item items[3];
	struct findings f;
	struct report_gates gates = {0};
	fill(items, &f);
	f.items += from;
	f.count -= from;
	assert_int_equal(ci_inspect_limit_check(limit, NULL), 0);
	ci_inspect_judge(&f, limit, &gates);
	assert_int_equal(gates.count, 1);
	assert_int_equal(gates.items[0].passed, expected);
	report_gates_done(&gates);
}

static void limits(void **state)
{
	struct err err = {0};
	passes("high", 0, false);
	passes("high", 1, true);
	passes("danger", 1, false);
	passes("danger", 2, true);
	passes("any", 2, false);
	passes("any", 3, true);
	assert_int_equal(ci_inspect_limit_check("low", &err), -ERR_INVAL);
	assert_non_null(strstr(err.msg, "--fail-on"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_result_for_each_finding),
	    cmocka_unit_test(limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
