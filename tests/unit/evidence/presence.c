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

static void the_part_that_the_image_has(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {0};
	static const struct {
		const char *path;
		size_t known;
	} cases[] = {
	    {"/etc/passwd", 0}, /* found: nothing is to be said */
	    {"/etc/shadow", 4},   {"/etc/a/b/c", 4},   {"/etc/passwd/x", 11},
	    {"/nosuch/x", 0},     {"/log", 4}, /* a link to what is the runtime's */
	    {"/up/../secret", 0}, {"/link/secret", 5}, {"/proc/self/secret", 0},
	};
	image_init(&m);
	image_file(&m, "etc/passwd", "x");
	image_link(&m, "log", "/dev/stdout");
	image_link(&m, "link", "/etc");
	image_index(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		trace_add(&t, cases[i].path, strlen(cases[i].path), TRACE_OPEN | TRACE_FOLLOW, UINT32_MAX,
			  TRACE_BY_PTRACE);
	CLEANUP_EVIDENCE struct evidence e;
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	evidence_presence_fill(&e, &t);
	evidence_presence_fill_known(&e, &t);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t known = t.entries[strset_find(&t.paths, cases[i].path)].known;
		if (known != cases[i].known)
			fail_msg("%s: %zu, not %zu", cases[i].path, known, cases[i].known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_way_of_naming),
	    cmocka_unit_test(the_part_that_the_image_has),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
