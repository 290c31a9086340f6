#include "unit.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "probe/links/sample.h"

/* How many of n paths, made of the format and a number, are taken. */
static unsigned taken(struct probe_sample *s, const char *format, unsigned n, enum probe_link_kind kind)
{
	unsigned count = 0;
	for (unsigned i = 1; i <= n; i++) {
		CLEANUP_FREE char *path = NULL;
		assert_true(asprintf(&path, format, i) > 0);
		count += probe_sample_take(s, path, kind);
	}
	return count;
}

static void pages_that_are_alike(void **state)
{
	struct probe_sample s = {0};
	assert_int_equal(taken(&s, "/item/%u", 40, PROBE_LINK_PAGE), PROBE_SAMPLE_NUMBERED);
	assert_int_equal(taken(&s, "/item/%u/edit", 40, PROBE_LINK_PAGE), PROBE_SAMPLE_NUMBERED);
	assert_int_equal(taken(&s, "/list?page=%u", 40, PROBE_LINK_PAGE), PROBE_SAMPLE_QUERIES);
	assert_int_equal(taken(&s, "/list?sort=%u", 40, PROBE_LINK_PAGE), 0);
	assert_true(probe_sample_take(&s, "/list", PROBE_LINK_PAGE));
	assert_true(probe_sample_take(&s, "/list?q=", PROBE_LINK_FORM)); /* the links did not use up the form's */
	assert_true(probe_sample_take(&s, "/item/new", PROBE_LINK_PAGE));
	assert_int_equal(taken(&s, "/img/%u.png", 40, PROBE_LINK_PART), 40); /* a browser loads all of them */
	assert_int_equal(taken(&s, "/img?n=%u", 40, PROBE_LINK_PART), PROBE_SAMPLE_QUERIES);
	probe_sample_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(pages_that_are_alike)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
