#include "unit.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "cmd/explore/source/layers.h"

/* Command and sizes of each row, "-" = nothing to count. */
static void expect(const json_t *report, const char *text)
{
	struct explore_layer *layers;
	CLEANUP_BUF struct buf b = {0};
	const size_t n = explore_layers_of_report(report, &layers);
	buf_str(&b, "");
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, "%s:", layers[i].command);
		for (int k = 0; k < EXPLORE_SIZES; k++)
			if (layers[i].sizes[k].none)
				buf_str(&b, " -");
			else
				buf_printf(&b, " %llu", (unsigned long long)layers[i].sizes[k].bytes);
		buf_char(&b, '\n');
	}
	assert_string_equal(b.data, text);
	assert_int_equal(!layers, !n);
	free(layers);
}

static void of_text(const char *report, const char *text)
{
	json_auto_t *v = mem_must(json_loads(report, JSON_DECODE_ANY, NULL));
	expect(v, text);
}

static void of_a_report(void **state)
{
	of_text("[{\"created_by\": \"ADD a /\", \"bytes\": 100, \"shown_bytes\": 70, \"kept_bytes\": 20},"
		" {\"created_by\": \"\", \"bytes\": 5, \"shown_bytes\": 5, \"kept_bytes\": 5},"
		" {\"created_by\": \"RUN x\", \"bytes\": 0, \"shown_bytes\": 0, \"kept_bytes\": 0}]",
		"ADD a /: 20 50 30 100\n: 5 - - 5\nRUN x: - - - -\n");
}

static void of_odd_reports(void **state)
{
	expect(NULL, "");
	of_text("[]", "");
	of_text("{\"a\": 1}", "");
	of_text("3", "");
	of_text("[1, null, {\"created_by\": 3, \"bytes\": \"x\"}]", ": - - - -\n: - - - -\n: - - - -\n");
	of_text("[{\"bytes\": -4, \"shown_bytes\": 9, \"kept_bytes\": 12}]", ": 12 - - -\n");
	json_auto_t *many = json_array();
	for (int i = 0; i <= LIMIT_LAYERS; i++)
		json_array_append_new(many, json_object());
	expect(many, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_a_report),
	    cmocka_unit_test(of_odd_reports),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
