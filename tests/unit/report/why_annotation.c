#include "unit.h"

#include "keep/kept.h"
#include "report/why.h"
#include "report/why_annotation.h"

static char *make(struct test_image *m)
{
	image_init(m);
	image_file(m, "etc/conf", "x");
	image_file(m, "etc/other", "x");
	image_index(m);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_PACKAGES struct packages p;
	keep_set_init(&k, m->index, NULL, KEEP_EXACT);
	keep_node(&k, image_node(m, "/etc/conf"), KEEP_WHY_NOTED(KEEP_POLICY, IMAGE_NONE, keep_note(&k, "--include")));
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	return report_why_annotation_make(&k, &p);
}

static void there_and_back(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_FREE char *value = make(&m);
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	CLEANUP_BUF struct buf b = {0};
	bool kept;
	assert_non_null(value);
	assert_int_equal(report_why_annotation_read(value, &w, NULL), 0);
	assert_int_equal(report_why_answer(&w, "/etc/conf", &kept, &b, NULL), 0);
	assert_string_equal(b.data, "/etc/conf is kept, 1 bytes\n  the user asked for it: --include\n");
	assert_int_equal(report_why_answer(&w, "/etc/other", &kept, &b, NULL), -ERR_NOTFOUND);
}

static void damaged(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_FREE char *value = make(&m);
	static const char *const others[] = {"", "x", "!!!!", "AAAA", "KLUv/SAA", "KLUv/aA/////AA=="};
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_true(report_why_annotation_read(others[i], &w, NULL) < 0);
	for (size_t cut = 4; cut < strlen(value); cut += 4) {
		CLEANUP_FREE char *part = mem_strndup(value, cut);
		assert_true(report_why_annotation_read(part, &w, NULL) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(there_and_back),
	    cmocka_unit_test(damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
