#include "unit.h"

#include "base/limits.h"
#include "evidence/evidence.h"
#include "image.h"

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "a", "a");
	image_link(m, "to-a", "a");
	image_link(m, "dangling", "nowhere");
	image_index(m);
}

static void see(struct trace *t, const char *path, uint32_t kinds)
{
	trace_add(t, path, strlen(path), kinds, UINT32_MAX, TRACE_BY_PTRACE);
}

/* Every path has both ways, whatever the run did; they differ where it ends at a symlink. */
static void both_ways_of_each_path(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_EVIDENCE struct evidence e;
	make(&m);
	static const struct {
		const char *path, *named, *followed; /* NULL = nothing is there */
	} cases[] = {{"/to-a", "/to-a", "/a"},         {"/a", "/a", "/a"}, {"/none", NULL, NULL}, {"/a/", NULL, NULL},
		     {"/dangling", "/dangling", NULL}, {"/", "/", "/"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		see(&t, cases[i].path, i % 2 ? TRACE_NOFOLLOW : TRACE_FOLLOW);
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int follow = 0; follow < 2; follow++) {
			const char *want = follow ? cases[i].followed : cases[i].named;
			const struct evidence_way *way = evidence_way(&e, i, follow);
			assert_int_equal(way->node, want ? image_node(&m, want) : IMAGE_NONE);
		}
	assert_ptr_equal(evidence_way(&e, 1, true), evidence_way(&e, 1, false));
}

static void an_empty_trace(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_EVIDENCE struct evidence e;
	make(&m);
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
}

static void how_the_run_took_it(void **state)
{
	static const struct {
		uint32_t kinds;
		bool follows, names;
	} cases[] = {{TRACE_OPEN, true, false},
		     {TRACE_FOLLOW, true, false},
		     {TRACE_NOFOLLOW, false, true},
		     {TRACE_FOLLOW | TRACE_NOFOLLOW, true, true}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct trace_entry e = {.kinds = cases[i].kinds};
		assert_int_equal(evidence_follows(&e), cases[i].follows);
		assert_int_equal(evidence_names(&e), cases[i].names);
	}
}

/* Each path crosses so many links that a trace within its own limits would take gigabytes. */
static void too_many_steps(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_EVIDENCE struct evidence e;
	CLEANUP_BUF struct buf target = {0};
	struct err err = {0};
	image_init(&m);
	image_file(&m, "d/x", "");
	while (target.len < 4000)
		buf_str(&target, "d/../");
	for (int i = 0; i < LIMIT_SYMLINKS; i++) {
		CLEANUP_BUF struct buf to = {0};
		CLEANUP_FREE char *name = mem_printf("l%d", i);
		buf_printf(&to, "%s", target.data);
		if (i)
			buf_printf(&to, "l%d", i - 1);
		else
			buf_str(&to, "d");
		image_link(&m, name, to.data);
	}
	image_index(&m);
	for (int i = 0; i < 1000; i++) {
		CLEANUP_FREE char *path = mem_printf("/l%d/%d", LIMIT_SYMLINKS - 1, i);
		see(&t, path, TRACE_STAT);
	}
	assert_int_equal(evidence_init(&e, m.index, &t, &err), -ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_ways_of_each_path),
	    cmocka_unit_test(an_empty_trace),
	    cmocka_unit_test(how_the_run_took_it),
	    cmocka_unit_test(too_many_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
