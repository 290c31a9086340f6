#include "unit.h"

#include "base/buf.h"
#include "keep/kept.h"
#include "report/reasons.h"
#include "text/json.h"

static struct packages no_packages;

/* "PATH SIZE LINK LAYER" of each element. */
static void show(void *ctx, const json_t *v)
{
	const char *link = json_string_value(json_object_get(v, "link"));
	buf_printf(ctx, "%s %d %s %d\n", json_string_value(json_object_get(v, "path")),
		   (int)json_integer_value(json_object_get(v, "size")), link ? link : "-",
		   (int)json_integer_value(json_object_get(v, "layer")));
}

static void fill(struct test_image *m)
{
	image_init(m);
	image_file(m, "kept/a", "1234");
	image_hardlink(m, "kept/b", "kept/a");
	image_hardlink(m, "gone/a", "kept/a");
	image_file(m, "gone/x", "123");
	image_hardlink(m, "gone/y", "gone/x");
	image_hardlink(m, "gone/z", "gone/x");
	image_file(m, "kept/one", "12");
	image_file(m, "half", "1");
	image_hardlink(m, "hidden", "half");
	image_layer(m);
	image_file(m, "hidden", "12345");
	image_index(m);
}

/* A file counts under its first kept name, else under its first name. */
static void names_of_a_file(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_BUF struct buf kept = {0}, dropped = {0}, stable = {0};
	const struct trace trace = {0};
	const struct keep_unproven nothing = {0};
	fill(&m);
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	static const char *const paths[] = {"/kept/b", "/kept/a", "/kept/one"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		keep_node(&k, image_node(&m, paths[i]), KEEP_WHY(KEEP_ENGINE, IMAGE_NONE));
	report_reasons_kept(&k, &no_packages, &(struct report_reasons_use){.trace = &trace}, show, &kept);
	assert_string_equal(kept.data, "/ 0 - 0\n"
				       "/kept 0 - 1\n"
				       "/kept/a 4 - 1\n"
				       "/kept/b 4 /kept/a 1\n"
				       "/kept/one 2 - 1\n");
	report_reasons_dropped(&k, &no_packages, &nothing, show, &dropped);
	assert_string_equal(dropped.data, "/gone/a 4 /kept/a 1\n"
					  "/gone/x 3 - 1\n"
					  "/gone/y 3 /gone/x 1\n"
					  "/gone/z 3 /gone/x 1\n"
					  "/half 1 - 1\n"
					  "/hidden 5 - 2\n");
	report_reasons_kept(&k, &no_packages, &(struct report_reasons_use){0}, show, &stable);
	assert_null(strstr(stable.data, "/kept/b 4 /kept/a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_of_a_file)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
