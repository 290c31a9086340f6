#include "unit.h"

#include "report/inspect/findings_view.h"

static const char config_text[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
    "[\"sha256:1111111111111111111111111111111111111111111111111111111111111111\"]},"
    "\"history\":[{\"created_by\":\"RUN \\u001b\"}]}";
static char path[] = "/a\x1b", advice[] = "Do\x1b it.", name[] = "TOKEN", base[] = "b:1", note[] = "line 1";

static void fill(struct oci_image_config *c, struct findings_item items[3], struct note *n, struct findings *f)
{
	assert_int_equal(oci_image_config_parse(config_text, strlen(config_text), c, NULL), 0);
	items[0] = (struct findings_item){
	    .rule = findings_rule_find("npmrc"), .path = path, .advice = advice, .line = 3, .count = 2, .removed = 1};
	items[1] = (struct findings_item){.rule = findings_rule_find("named-secret"),
					  .where = FINDINGS_IN_ENVIRONMENT,
					  .name = name,
					  .advice = advice,
					  .count = 1,
					  .layer = FINDINGS_NO_LAYER};
	items[2] = (struct findings_item){.rule = findings_rule_find("logs"),
					  .path = path,
					  .advice = advice,
					  .bytes = 1500000,
					  .count = 1,
					  .removed = FINDINGS_NO_LAYER};
	*n = (struct note){"exception-unused", note};
	*f = (struct findings){.items = items,
			       .count = 3,
			       .dangers = 2,
			       .fat_bytes = 1500000,
			       .accepted = 1,
			       .base = {.name = base, .source = "label", .layers = 2},
			       .notes = {n, 1}};
}

static void for_a_person(void **state)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_BUF struct buf b = {0};
	struct findings_item items[3];
	struct note n;
	struct findings f;
	fill(&c, items, &n, &f);
	report_findings_text(&f, &c, &b);
	assert_string_equal(b.data, "\nbase        b:1, 2 layers\n"
				    "\ndangers\n"
				    "  high        credentials of npm  [npmrc]\n"
				    "              /a\\x1b, line 3, 2 times\n"
				    "              layer 1, removed or replaced by layer 2: RUN \\x1b\n"
				    "              Do\\x1b it.\n"
				    "  high        a secret by its name  [named-secret]\n"
				    "              the variable TOKEN\n"
				    "              Do\\x1b it.\n"
				    "\nwhy the image is large\n"
				    "    1.500 MB  log files  [logs]\n"
				    "              /a\\x1b\n"
				    "              layer 1: RUN \\x1b\n"
				    "              Do\\x1b it.\n"
				    "\nverdict     1.500 MB could go; 2 dangers; 1 accepted\n"
				    "note        line 1\n");
}

static void for_a_program(void **state)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	struct findings_item items[3];
	struct note n;
	struct findings f;
	fill(&c, items, &n, &f);
	json_t *list = report_findings_json(&f, &c), *first = json_array_get(list, 0),
	       *second = json_array_get(list, 1);
	assert_int_equal(json_array_size(list), 3);
	assert_string_equal(json_string_value(json_object_get(first, "path")), "/a\x1b");
	assert_int_equal(json_integer_value(json_object_get(first, "layer")), 1);
	assert_int_equal(json_integer_value(json_object_get(first, "removed_by")), 2);
	assert_string_equal(json_string_value(json_object_get(second, "where")), "environment");
	assert_true(json_is_null(json_object_get(second, "layer")));
	assert_true(json_is_null(json_object_get(second, "created_by")));
	assert_string_equal(json_string_value(json_object_get(second, "name")), name);
	json_decref(list);
	items[1].rule = findings_rule_find("root-user"); /* its name is a word of the advice */
	list = report_findings_json(&f, &c);
	assert_true(json_is_null(json_object_get(json_array_get(list, 1), "name")));
	json_decref(list);
	json_t *v = report_base_json(&f.base);
	assert_true(json_is_null(json_object_get(v, "digest")));
	assert_int_equal(json_integer_value(json_object_get(v, "layers")), 2);
	json_decref(v);
	v = report_verdict_json(&f);
	assert_true(json_is_false(json_object_get(v, "minimal")));
	json_decref(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(for_a_person),
	    cmocka_unit_test(for_a_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
