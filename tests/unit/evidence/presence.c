#include "unit.h"

#include "evidence/presence.h"
#include "image.h"

static void each_way_of_naming(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {0};
	static const struct {
		const char *path;
		uint32_t kinds;
		uint8_t found;
	} cases[] = {
	    {"/", TRACE_LIST, TRACE_FOUND_YES},
	    {"/etc/passwd", TRACE_OPEN | TRACE_FOLLOW, TRACE_FOUND_YES},
	    {"/etc/../etc/passwd", TRACE_OPEN, TRACE_FOUND_YES},
	    {"/etc/passwd/", TRACE_OPEN, TRACE_FOUND_NO},
	    {"/etc/shadow", TRACE_OPEN, TRACE_FOUND_NO},
	    {"/dangling", TRACE_STAT | TRACE_FOLLOW, TRACE_FOUND_NO},
	    {"/dangling/.", TRACE_STAT | TRACE_NOFOLLOW, TRACE_FOUND_NO},
	    {"/gone", TRACE_READLINK | TRACE_NOFOLLOW, TRACE_FOUND_YES},
	    {"/gone2", TRACE_STAT | TRACE_NOFOLLOW | TRACE_FOLLOW, TRACE_FOUND_YES},
	    {"/proc/self/exe", TRACE_READLINK | TRACE_NOFOLLOW, TRACE_FOUND_UNKNOWN},
	    {"/proc", TRACE_LIST, TRACE_FOUND_UNKNOWN},
	    {"/processes", TRACE_STAT, TRACE_FOUND_NO},
	    {"/dev/null", TRACE_OPEN, TRACE_FOUND_UNKNOWN}, /* the image has no /dev */
	    {"/etc/mtab", TRACE_OPEN | TRACE_FOLLOW, TRACE_FOUND_UNKNOWN},
	    {"/etc/mtab2", TRACE_OPEN | TRACE_NOFOLLOW, TRACE_FOUND_YES},
	};
	image_init(&m);
	image_file(&m, "etc/passwd", "x");
	image_dir(&m, "proc");
	image_link(&m, "dangling", "/nowhere");
	image_link(&m, "gone", "/nowhere");
	image_link(&m, "gone2", "/nowhere");
	image_link(&m, "etc/mtab", "/proc/mounts");
	image_link(&m, "etc/mtab2", "/proc/mounts");
	image_index(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		trace_add(&t, cases[i].path, strlen(cases[i].path), cases[i].kinds, UINT32_MAX, TRACE_BY_PTRACE);
	CLEANUP_EVIDENCE struct evidence e;
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	evidence_presence_fill(&e, &t);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t found = t.entries[strset_find(&t.paths, cases[i].path)].found;
		if (found != cases[i].found)
			fail_msg("%s: %d, not %d", cases[i].path, found, cases[i].found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_way_of_naming)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
