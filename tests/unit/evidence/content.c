#include "unit.h"

#include "evidence/content.h"
#include "image.h"

/* The first half of the digest of "abc". */
#define ABC 0xba7816bf8f01cfeaull

static uint64_t content_of(const struct test_image *m, const char *path, uint32_t kinds)
{
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_EVIDENCE struct evidence e = {0};
	trace_add(&t, path, strlen(path), kinds, UINT32_MAX, TRACE_BY_PTRACE);
	t.entries[0].content = 7; /* of another image */
	assert_int_equal(evidence_init(&e, m->index, &t, NULL), 0);
	assert_int_equal(evidence_content_fill(&e, &t, NULL), 0);
	return t.entries[0].content;
}

static void files(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "a", "abc");
	image_link(&m, "link", "a");
	image_hardlink(&m, "b", "a");
	image_index(&m);
	assert_int_equal(content_of(&m, "/a", TRACE_OPEN), ABC);
	assert_int_equal(content_of(&m, "/b", TRACE_STAT), ABC);
	assert_int_equal(content_of(&m, "/link", TRACE_OPEN | TRACE_FOLLOW), ABC);
	assert_int_equal(content_of(&m, "/link", TRACE_READLINK | TRACE_NOFOLLOW), 0);
	assert_int_equal(content_of(&m, "/none", TRACE_OPEN), 0);
	assert_int_equal(content_of(&m, "/proc/self/maps", TRACE_OPEN), 0);
}

static void directories(void **state)
{
	uint64_t names[3];
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		image_init(&m);
		image_file(&m, "d/a", i == 1 ? "other" : "abc");
		if (i == 2)
			image_file(&m, "d/b", "abc");
		image_index(&m);
		names[i] = content_of(&m, "/d", TRACE_LIST);
		assert_int_equal(content_of(&m, "/d", TRACE_STAT), 0);
	}
	assert_true(names[0] && names[0] == names[1] && names[0] != names[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(files), cmocka_unit_test(directories)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
