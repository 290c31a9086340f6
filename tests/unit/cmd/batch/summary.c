#include "unit.h"

#include "base/mem.h"
#include "cmd/batch/summary.h"
#include "cmd/outcome.h"

static void worst_one(const int *statuses, size_t n, int expected)
{
	struct batch_result items[4] = {0};
	const struct batch_results r = {.items = items, .count = n};
	for (size_t i = 0; i < n; i++)
		items[i].status = statuses[i];
	assert_int_equal(batch_summary_status(&r), expected);
}

static void worst_status_counts(void **state)
{
	worst_one((const int[]){EXIT_DONE, EXIT_DONE}, 2, EXIT_DONE);
	worst_one((const int[]){EXIT_GATE, EXIT_DONE}, 2, EXIT_GATE);
	worst_one((const int[]){EXIT_GATE, EXIT_DIFFERS, EXIT_DONE}, 3, EXIT_DIFFERS);
	worst_one((const int[]){EXIT_FAILED, EXIT_DIFFERS, EXIT_GATE}, 3, EXIT_FAILED);
	worst_one((const int[]){EXIT_FAILED, EXIT_USAGE, EXIT_GATE}, 3, EXIT_USAGE);
}

/* Two images: one done, one that failed with a message to escape. */
static void fill(struct batch_result items[2])
{
	items[0] = (struct batch_result){.name = "web", .source = "web:1", .started = true, .ms = 1500};
	items[0].report =
	    json_pack("{s:{s:I}, s:{s:I}, s:[{s:s}]}", "source", "size_bytes", (json_int_t)72100000, "result",
		      "size_bytes", (json_int_t)12000000, "destinations", "reference", "web.slim:1");
	items[1] = (struct batch_result){.name = "cron", .source = "cron:1", .started = true, .status = EXIT_FAILED};
	items[1].error = json_pack("{s:s, s:s}", "code", "tag-not-found", "message", "no\x1b[1m tag");
}

static void table_has_a_line_for_each(void **state)
{
	struct batch_results r = {.items = mem_calloc(2, sizeof(*r.items)), .count = 2, .ms = 2000};
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	fill(r.items);
	batch_summary_text(&r, &b);
	assert_string_equal(b.data, "image                   before      after                 time  result\n"
				    "web    done            72.1 MB    12.0 MB   -83.4 %      1.5 s  web.slim:1\n"
				    "cron   failed                                            0.0 s\n"
				    "2 images, 1 done, 1 failed; 2.0 s\n"
				    "cron: no\\x1b[1m tag\n");
	assert_true(batch_summary_error(&r, &err) < 0);
	assert_string_equal(err.msg, "1 of 2 images is not done: cron");
	batch_run_done(&r);
}

static void json_has_every_report(void **state)
{
	struct batch_results r = {.items = mem_calloc(2, sizeof(*r.items)), .count = 2, .ms = 2000};
	CLEANUP_BUF struct buf b = {0};
	fill(r.items);
	batch_summary_json(&r, &b);
	json_auto_t *v = json_loadb(b.data, b.len, 0, NULL);
	const json_t *one = json_array_get(json_object_get(v, "reports"), 0),
		     *two = json_array_get(json_object_get(v, "reports"), 1);
	assert_string_equal(json_string_value(json_object_get(v, "schema")), "slim.reports/v1");
	assert_int_equal(json_integer_value(json_object_get(v, "status")), EXIT_FAILED);
	assert_string_equal(json_string_value(json_object_get(one, "state")), "done");
	assert_true(json_equal(json_object_get(one, "report"), r.items[0].report));
	assert_true(json_is_null(json_object_get(one, "error")));
	assert_true(json_is_null(json_object_get(two, "report")));
	assert_true(json_equal(json_object_get(two, "error"), r.items[1].error));
	batch_run_done(&r);
}

static void stopped_images_are_told_apart(void **state)
{
	struct batch_results r = {.items = mem_calloc(2, sizeof(*r.items)), .count = 2};
	CLEANUP_BUF struct buf b = {0};
	r.items[0] = (struct batch_result){.name = "a", .source = "a", .started = true, .status = EXIT_FAILED};
	r.items[0].error = json_pack("{s:s, s:s}", "code", "cancelled", "message", "stopped on request");
	r.items[1] = (struct batch_result){.name = "b", .source = "b", .status = EXIT_FAILED};
	batch_summary_text(&r, &b);
	assert_non_null(strstr(b.data, "2 images, 1 stopped, 1 not started; "));
	r.items[1].started = true;
	r.items[1].status = EXIT_DONE;
	r.items[1].report = json_pack("{s:{s:s}}", "gates", "published", "original");
	batch_summary_text(&r, &b);
	assert_non_null(strstr(b.data, "2 images, 1 ORIGINAL, 1 stopped; "));
	assert_int_equal(batch_summary_status(&r), EXIT_FAILED);
	batch_run_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(worst_status_counts),
	    cmocka_unit_test(table_has_a_line_for_each),
	    cmocka_unit_test(json_has_every_report),
	    cmocka_unit_test(stopped_images_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
