#include "unit.h"

#include <jansson.h>

#include "base/mem.h"
#include "cmd/build/several_summary.h"
#include "cmd/outcome.h"

/* amd64 was built, arm64 has this state, s390x was kept; a name from outside tries to leave its line. */
static void setup(struct pipeline_platform_results *r, enum pipeline_platform_state second)
{
	r->items = mem_calloc(3, sizeof(*r->items));
	r->count = 3;
	snprintf(r->items[0].name, sizeof(r->items[0].name), "linux/amd64");
	r->items[0].state = PIPELINE_PLATFORM_BUILT;
	snprintf(r->items[1].name, sizeof(r->items[1].name), "linux/arm64");
	r->items[1].state = second;
	snprintf(r->items[2].name, sizeof(r->items[2].name), "linux/s390x\n\033[31m");
	r->items[2].state = PIPELINE_PLATFORM_KEPT;
	r->items[2].why = mem_strdup("nothing runs it");
	struct report *first = &r->items[0].report;
	first->destinations = mem_calloc(1, sizeof(*first->destinations));
	first->destinations[0] = (struct report_destination){.reference = mem_strdup("oci:a:b"), .digest = "sha256:1"};
	first->n_destinations = 1;
}

static void text(void **state)
{
	CLEANUP_PIPELINE_PLATFORMS struct pipeline_platform_results r = {0};
	CLEANUP_BUF struct buf out = {0};
	setup(&r, PIPELINE_PLATFORM_NOT_STARTED);
	const struct build_several_outcome o = {.results = &r, .source = "oci:a"};
	build_several_text(&o, NULL, &out);
	assert_memory_equal(out.data, "platform    linux/amd64\nunpacked", 32);
	assert_non_null(strstr(out.data, "platform    linux/arm64, not started\nplatform    linux/s390x"));
	assert_non_null(
	    strstr(out.data, ", kept as it is: nothing runs it\nresult      oci:a:b\n            sha256:1\n"));
	assert_null(strchr(out.data, '\033'));
	assert_null(strstr(out.data, "linux/s390x\n"));
}

static void fitted_text_ends_with_what_is_next(void **state)
{
	CLEANUP_PIPELINE_PLATFORMS struct pipeline_platform_results r = {0};
	CLEANUP_BUF struct buf out = {0};
	setup(&r, PIPELINE_PLATFORM_NOT_STARTED);
	const struct build_several_outcome o = {.results = &r, .source = "oci:a"};
	const struct report_terminal terminal = {.columns = 80, .report_file = "r.json"};
	build_several_text(&o, &terminal, &out);
	assert_non_null(strstr(out.data, "slim why r.json PATH\n"));
}

static void state_one(enum pipeline_platform_state state, int status, const char *word, bool has_report)
{
	CLEANUP_PIPELINE_PLATFORMS struct pipeline_platform_results r = {0};
	CLEANUP_BUF struct buf out = {0};
	const struct err e = {.code = ERR_DIFFERS, .id = "x", .msg = "y"};
	setup(&r, state);
	const struct build_several_outcome o = {
	    .results = &r, .source = "oci:a", .status = status, .error = status ? &e : NULL, .ms = 5};
	build_several_json(&o, &out);
	json_auto_t *root = json_loadb(out.data, out.len, 0, NULL);
	const json_t *all = json_object_get(root, "reports"), *second = json_array_get(all, 1);
	assert_int_equal(json_array_size(all), 3);
	assert_int_equal(json_integer_value(json_object_get(root, "status")), status);
	assert_string_equal(json_string_value(json_object_get(second, "state")), word);
	assert_int_equal(json_is_object(json_object_get(second, "report")), has_report);
	assert_int_equal(json_is_object(json_object_get(second, "error")), state == PIPELINE_PLATFORM_FAILED);
	assert_string_equal(json_string_value(json_object_get(json_array_get(all, 0), "state")), "done");
	assert_string_equal(json_string_value(json_object_get(json_array_get(all, 2), "state")), "kept");
	assert_string_equal(json_string_value(json_object_get(json_array_get(all, 2), "why")), "nothing runs it");
}

static void json(void **state)
{
	state_one(PIPELINE_PLATFORM_BUILT, EXIT_DONE, "done", true);
	state_one(PIPELINE_PLATFORM_FAILED, EXIT_DIFFERS, "not proven", true);
	state_one(PIPELINE_PLATFORM_FAILED, EXIT_GATE, "gate not met", true);
	state_one(PIPELINE_PLATFORM_FAILED, EXIT_FAILED, "failed", true);
	state_one(PIPELINE_PLATFORM_NOT_STARTED, EXIT_FAILED, "not started", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text),
	    cmocka_unit_test(fitted_text_ends_with_what_is_next),
	    cmocka_unit_test(json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
