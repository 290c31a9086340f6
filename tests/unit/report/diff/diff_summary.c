#include "unit.h"

#include "report/diff/sample.h"

static void check(const struct sample_image images[2], size_t shared, size_t unread, const char *expected)
{
	CLEANUP_SAMPLE struct sample s;
	sample_init(&s, images, shared, unread);
	CLEANUP_BUF struct buf out = {0};
	report_diff_summary(&s.diff, s.sides, &out);
	assert_string_equal(out.data, expected);
}

static void larger(void **state)
{
	static const struct sample_image images[2] = {
	    {"app:1", {"f a 644 0:0 1 0123456789\n"}},
	    {"app:2", {"f a 644 0:0 1 0123456789\n", "f b 644 0:0 1 12345\n", "f c 644 0:0 1 1\n"}},
	};
	check(images, 1, 0,
	      "`app:2` is 6 B larger than `app:1` (16 B, +60.0 %).\n"
	      "Most of it: `RUN step-b2` +5 B (layer 2 of 3).\n"
	      "Added 2 files, removed 0, changed 0.\n");
	check(images, 1, 1,
	      "`app:2` is 8.0 MB larger than `app:1` (9.0 MB compressed, +800.0 %).\n"
	      "Most of it: `RUN step-b2` +5 B unpacked (layer 2 of 3).\n"
	      "Added 2 files, removed 0, changed 0. 2 of these may be in the 1 shared layer, which was not read.\n");
}

static void smaller(void **state)
{
	static const struct sample_image images[2] = {
	    {"b`1", {"f a 644 0:0 1 0123456789\nf b 644 0:0 1 1\n"}},
	    {"@c", {"f b 644 0:0 1 2\n"}},
	};
	check(images, 0, 0,
	      "`@c` is 10 B smaller than ``b`1`` (1 B, -90.9 %).\n"
	      "Most of it: `RUN step-a1` -10 B (layer 1 of 1 of ``b`1``).\n"
	      "Added 0 files, removed 1, changed 1.\n");
}

static void equal(void **state)
{
	static const struct sample_image images[2] = {{"a", {"f a 644 0:0 1 1\n"}}, {"b", {"f a 644 0:0 1 1\n"}}};
	check(images, 1, 0,
	      "`b` is as large as `a` (1 B).\nNo difference was found.\nAdded 0 files, removed 0, changed 0.\n");
	static const struct sample_image mode[2] = {{"a", {"f a 644 0:0 1 1\n"}}, {"b", {"f a 600 0:0 1 1\n"}}};
	check(mode, 0, 0,
	      "`b` is as large as `a` (1 B).\nNo layer brought or removed bytes.\nAdded 0 files, removed 0, changed "
	      "1.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(larger),
	    cmocka_unit_test(smaller),
	    cmocka_unit_test(equal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
