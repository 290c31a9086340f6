#include "unit.h"

#include "evidence/stability.h"
#include "image.h"

static void seen(struct trace *t, unsigned variant, const char *path, uint32_t kinds)
{
	CLEANUP_TRACE struct trace run = {0};
	trace_add(&run, path, strlen(path), kinds, UINT32_MAX, TRACE_BY_PTRACE);
	trace_mark_variant(&run, variant);
	trace_take(t, &run);
}

static void seen_is(const struct test_image *m, const struct evidence_stability *s, const char *path, uint32_t want)
{
	uint32_t node = image_index_resolve(m->index, path, false, NULL, NULL);
	assert_true(node != IMAGE_NONE);
	assert_int_equal(s->seen[node], want);
}

static void files_by_run(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_EVIDENCE struct evidence e;
	struct evidence_stability s;
	image_init(&m);
	image_file(&m, "always", "a");
	image_file(&m, "first", "b");
	image_file(&m, "later", "c");
	image_link(&m, "link", "later");
	image_hardlink(&m, "later-too", "later");
	image_file(&m, "never", "d");
	image_dir(&m, "dir");
	image_index(&m);
	for (unsigned v = 0; v < 3; v++)
		seen(&t, v, "/always", TRACE_OPEN | TRACE_FOLLOW);
	seen(&t, 0, "/first", TRACE_STAT | TRACE_FOLLOW);
	seen(&t, 1, "/link", TRACE_OPEN | TRACE_FOLLOW);
	seen(&t, 2, "/later-too", TRACE_OPEN | TRACE_FOLLOW);
	/* neither counts: what is no file of the image, and what is no file */
	seen(&t, 1, "/tmp/x.AbC", TRACE_OPEN | TRACE_FOLLOW);
	seen(&t, 2, "/proc/17/stat", TRACE_OPEN | TRACE_FOLLOW);
	seen(&t, 2, "/dir", TRACE_LIST | TRACE_FOLLOW);
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	evidence_stability_find(&e, 3, &s);
	assert_int_equal(s.variants, 3);
	assert_int_equal(s.files, 3);
	assert_int_equal(s.files_in_some, 2);
	seen_is(&m, &s, "/always", 0);
	seen_is(&m, &s, "/first", 1);
	seen_is(&m, &s, "/later", 6);
	seen_is(&m, &s, "/later-too", 0); /* it is the file before */
	seen_is(&m, &s, "/link", 0);
	seen_is(&m, &s, "/never", 0);
	evidence_stability_done(&s);
	assert_null(s.seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_by_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
