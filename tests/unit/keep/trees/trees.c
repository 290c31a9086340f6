#include "keep/trees/trees.h"

#include "unit.h"

#include "keep/traced.h"

static const struct packages none;

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "usr/lib/R/a/used", "12345678");
	image_file(m, "usr/lib/R/a/other", "1234");
	image_file(m, "usr/lib/R/b/more", "1234567890");
	image_file(m, "usr/lib/R/doc/guide", "x");
	image_file(m, "usr/lib/R/include/R.h", "x");
	image_file(m, "usr/lib/S/x", "x");
	image_file(m, "usr/lib/T/listed/y", "x");
	image_index(m);
}

/* What stays when the run did that to the path. cut: how many trees stay in part. */
static void keeps(uint32_t kinds, const char *path, struct keep_trees_limits limits, size_t cut, uint64_t bytes,
		  const char *want)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_TRACED struct traced r;
	struct keep_trees trees;
	traced_init(&r, &m, KEEP_SAFE, kinds, &path, 1);
	keep_trees_add(&r.k, &r.p, &r.e, limits, &trees);
	assert_kept(&r.k, want);
	assert_int_equal(trees.bytes, bytes);
	size_t n = 0;
	for (size_t i = 0; i < trees.count; i++)
		n += trees.items[i].cut;
	assert_int_equal(n, cut);
	keep_trees_done(&trees);
}

static void whole(void **state)
{
	keeps(TRACE_OPEN, "/usr/lib/R/a/used", KEEP_TREES_LIMITS, 0, 14,
	      "/usr /usr/lib /usr/lib/R /usr/lib/R/a /usr/lib/R/b /usr/lib/R/a/other /usr/lib/R/a/used "
	      "/usr/lib/R/b/more");
	keeps(TRACE_LIST, "/usr/lib/T/listed", KEEP_TREES_LIMITS, 0, 1,
	      "/usr /usr/lib /usr/lib/T /usr/lib/T/listed /usr/lib/T/listed/y");
}

/* A look at a file, or a file that the run made, says nothing of the tree. */
static void unused(void **state)
{
	keeps(TRACE_STAT, "/usr/lib/S/x", KEEP_TREES_LIMITS, 0, 0, "/usr /usr/lib /usr/lib/S /usr/lib/S/x");
	keeps(TRACE_WRITE | TRACE_CREATE, "/usr/lib/S/x", KEEP_TREES_LIMITS, 0, 0,
	      "/usr /usr/lib /usr/lib/S /usr/lib/S/x");
}

static void in_part(void **state)
{
	const char *part = "/usr /usr/lib /usr/lib/R /usr/lib/R/a /usr/lib/R/a/other /usr/lib/R/a/used";
	keeps(TRACE_OPEN, "/usr/lib/R/a/used", (struct keep_trees_limits){13, 100}, 1, 4, part);
	keeps(TRACE_OPEN, "/usr/lib/R/a/used", (struct keep_trees_limits){100, 13}, 1, 4, part);
	keeps(TRACE_OPEN, "/usr/lib/R/a/used", (struct keep_trees_limits){0, 0}, 1, 0,
	      "/usr /usr/lib /usr/lib/R /usr/lib/R/a /usr/lib/R/a/used");
}

static void add(struct trace *t, const char *path, uint32_t kinds)
{
	trace_add(t, path, strlen(path), kinds | TRACE_FOLLOW, UINT32_MAX, TRACE_BY_PTRACE);
}

/* The sum goes to the smaller tree first; a tree that is excluded takes nothing of it. */
static void sum(void **state)
{
	for (int exclude = 0; exclude < 2; exclude++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		make(&m);
		CLEANUP_KEEP_SET struct keep_set k;
		CLEANUP_TRACE struct trace t = {0};
		CLEANUP_EVIDENCE struct evidence e;
		struct keep_trees trees;
		add(&t, "/usr/lib/R", TRACE_LIST);
		add(&t, "/usr/lib/T", TRACE_LIST);
		keep_set_init(&k, m.index, NULL, KEEP_SAFE);
		k.excluded = mem_calloc(image_index_count(m.index), sizeof(*k.excluded));
		k.excluded[image_node(&m, "/usr/lib/T/listed")] = exclude;
		assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
		keep_trees_add(&k, &none, &e, (struct keep_trees_limits){100, 22}, &trees);
		assert_int_equal(trees.count, 2);
		assert_int_equal(trees.items[0].node, image_node(&m, "/usr/lib/T"));
		assert_false(trees.items[0].cut);
		assert_int_equal(trees.items[1].bytes, 22);
		assert_int_equal(trees.items[1].cut, !exclude);
		keep_trees_done(&trees);
	}
}

/* find / lists everything: only what it opened is used. */
static void walked(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_EVIDENCE struct evidence e;
	struct keep_trees trees;
	static const char *const listed[] = {"/usr/lib", "/usr/lib/R", "/usr/lib/R/a", "/usr/lib/T",
					     "/usr/lib/T/listed"};
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		add(&t, listed[i], TRACE_LIST);
	add(&t, "/usr/lib/S/x", TRACE_OPEN);
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	keep_trees_add(&k, &none, &e, KEEP_TREES_LIMITS, &trees);
	assert_kept(&k, "/usr /usr/lib /usr/lib/S /usr/lib/S/x");
	keep_trees_done(&trees);
}

/* What files that name directories bring, one after the other. */
static void named(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "usr/bin/tool", "x");
	image_file(&m, "usr/lib/libx.so", "x");
	image_file(&m, "usr/share/a/deep/1", "12345678");
	image_file(&m, "usr/share/a/2", "1234");
	image_file(&m, "usr/share/b/3", "1234");
	image_file(&m, "usr/share/vim/4", "1");
	image_file(&m, "usr/share/zoneinfo/5", "1");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	struct keep_trees t = {.limits = {10, 14}, .packages = &none};
	uint32_t tool = image_node(&m, "/usr/bin/tool"), library = image_node(&m, "/usr/lib/libx.so");
	keep_node(&k, tool, KEEP_WHY(KEEP_TRACE, 0));
	keep_node(&k, library, KEEP_WHY(KEEP_TRACE, 0));
	keep_trees_name(&k, &t, image_node(&m, "/usr/share"), tool);
	keep_trees_name(&k, &t, image_node(&m, "/usr/share/zoneinfo"), tool);
	keep_trees_name(&k, &t, image_node(&m, "/usr/share/vim"), library);
	const char *start = "/usr /usr/bin /usr/lib /usr/bin/tool /usr/lib/libx.so";
	assert_kept(&k, start);
	assert_int_equal(t.count, 0);
	keep_trees_name(&k, &t, image_node(&m, "/usr/share/a"), library); /* over the limit of a tree */
	assert_kept(&k, start);
	keep_trees_name(&k, &t, image_node(&m, "/usr/share/a/deep"), library);
	keep_trees_name(&k, &t, image_node(&m, "/usr/share/b"), library);
	keep_trees_name(&k, &t, image_node(&m, "/usr/share/b"), tool);
	keep_trees_name(&k, &t, image_node(&m, "/usr/share/vim"), tool);
	assert_kept(&k, "/usr /usr/bin /usr/lib /usr/share /usr/bin/tool /usr/lib/libx.so /usr/share/a /usr/share/b "
			"/usr/share/vim /usr/share/a/deep /usr/share/b/3 /usr/share/vim/4 /usr/share/a/deep/1");
	assert_reason(&k, &m, "/usr/share/b/3", KEEP_RULE, library);
	assert_int_equal(t.bytes, 13);
	assert_int_equal(t.count, 3);
	assert_true(t.items[0].cut && t.items[0].bytes == 12);
	assert_false(t.items[1].cut);
	keep_trees_done(&t);
}

/* A compiler's headers stay, unlike those of other programs. */
static void compiler(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "usr/lib/gcc/cc1", "x");
	image_file(&m, "usr/lib/gcc/include/float.h", "x");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_EVIDENCE struct evidence e;
	struct keep_trees trees;
	add(&t, "/usr/lib/gcc/cc1", TRACE_EXEC);
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	keep_trees_add(&k, &none, &e, KEEP_TREES_LIMITS, &trees);
	assert_true(keep_has(&k, image_node(&m, "/usr/lib/gcc/include/float.h")));
	keep_trees_done(&trees);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole),  cmocka_unit_test(unused), cmocka_unit_test(in_part),  cmocka_unit_test(sum),
	    cmocka_unit_test(walked), cmocka_unit_test(named),  cmocka_unit_test(compiler),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
