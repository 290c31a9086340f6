#include "unit.h"

#include "keep/kept.h"

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "usr/lib/libx.so.1.2", "x");
	image_link(m, "usr/lib/libx.so.1", "libx.so.1.2");
	image_link(m, "lib", "usr/lib");
	image_file(m, "usr/lib/other", "o");
	image_dir(m, "usr/bin");
	image_dir(m, "run/haproxy");
	image_link(m, "var/run", "/run");
	image_link(m, "broken", "run/gone");
	image_link(m, "loop", "loop");
	image_index(m);
}

struct path_case {
	const char *path;
	bool follow;
	const char *kept;
	bool found;
};

static void paths(void **state)
{
	static const struct path_case cases[] = {
	    {"/", true, "", true},
	    {"/usr/lib/other", true, "/usr /usr/lib /usr/lib/other", true},
	    {"/usr/lib/", true, "/usr /usr/lib", true},
	    {"/lib", false, "/lib", true},
	    {"/lib", true, "/lib /usr /usr/lib", true},
	    {"/lib/libx.so.1", true, "/lib /usr /usr/lib /usr/lib/libx.so.1 /usr/lib/libx.so.1.2", true},
	    {"/lib/libx.so.1", false, "/lib /usr /usr/lib /usr/lib/libx.so.1", true},
	    {"/usr/bin/../lib/other", true, "/usr /usr/bin /usr/lib /usr/lib/other", true},
	    /* what exists of the way */
	    {"/run/haproxy/admin.sock", true, "/run /run/haproxy", false},
	    {"/var/run/haproxy/admin.sock", true, "/run /var /run/haproxy /var/run", false},
	    {"/proc/self/maps", true, "", false},
	    {"/usr/lib/other/below", true, "/usr /usr/lib /usr/lib/other", false},
	    {"/usr/gone/../lib/other", true, "/usr", false},
	    {"/broken", true, "/broken /run", false},
	    {"/broken", false, "/broken", true},
	    {"/loop", true, "/loop", false},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_KEEP_SET struct keep_set k;
		keep_set_init(&k, m.index, NULL, KEEP_EXACT);
		uint32_t id = keep_path(&k, cases[i].path, cases[i].follow, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
		CLEANUP_FREE char *got = kept_text(&k);
		if (strcmp(got, cases[i].kept) != 0 || (id != IMAGE_NONE) != cases[i].found)
			fail_msg("%s: %s, found %d", cases[i].path, got, id != IMAGE_NONE);
		assert_true(keep_has(&k, 0));
	}
}

static void reasons(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	uint32_t end = keep_path(&k, "/lib/libx.so.1", true, KEEP_WHY(KEEP_TRACE, 7));
	assert_int_equal(end, image_node(&m, "/usr/lib/libx.so.1.2"));
	assert_reason(&k, &m, "/usr/lib/libx.so.1.2", KEEP_TRACE, 7);
	assert_reason(&k, &m, "/usr/lib/libx.so.1", KEEP_SYMLINK, end);
	assert_reason(&k, &m, "/lib", KEEP_SYMLINK, end);
	assert_reason(&k, &m, "/usr/lib", KEEP_PARENT, end);
	assert_reason(&k, &m, "/usr", KEEP_PARENT, image_node(&m, "/usr/lib"));

	(void)keep_path(&k, "/usr/lib/libx.so.1.2", true, KEEP_WHY(KEEP_CONFIG, 1)); /* the first reason stays */
	assert_reason(&k, &m, "/usr/lib/libx.so.1.2", KEEP_TRACE, 7);
	(void)keep_path(&k, "/var/run/haproxy/admin.sock", true, KEEP_WHY(KEEP_TRACE, 8));
	assert_reason(&k, &m, "/run/haproxy", KEEP_TRACE, 8);
	assert_reason(&k, &m, "/var/run", KEEP_TRACE, 8);
	(void)keep_path(&k, "/usr/bin/../lib/other", true,
			KEEP_WHY(KEEP_TRACE, 9)); /* left by "..": nothing below it tells why */
	assert_reason(&k, &m, "/usr/bin", KEEP_TRACE, 9);
	assert_int_equal(k.n_kept, 12);
}

static void trace_one(const struct test_image *m, const char *path, uint32_t kinds, const char *want)
{
	CLEANUP_TRACE struct trace t = {0};
	trace_add(&t, path, strlen(path), kinds, UINT32_MAX, TRACE_BY_PTRACE);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m->index, NULL, KEEP_EXACT);
	CLEANUP_EVIDENCE struct evidence e;
	assert_int_equal(evidence_init(&e, m->index, &t, NULL), 0);
	keep_trace(&k, &e);
	assert_kept(&k, want);
}

static void traces(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	trace_one(&m, "/lib", TRACE_OPEN | TRACE_FOLLOW, "/lib /usr /usr/lib");
	trace_one(&m, "/lib", TRACE_READLINK | TRACE_NOFOLLOW, "/lib");
	trace_one(&m, "/lib", TRACE_STAT | TRACE_NOFOLLOW | TRACE_FOLLOW, "/lib /usr /usr/lib");
	trace_one(&m, "/lib", TRACE_KERNEL, "/lib /usr /usr/lib");
	trace_one(&m, "/lib/other", TRACE_REMOVE | TRACE_NOFOLLOW, "/lib /usr /usr/lib /usr/lib/other");
	trace_one(&m, "/usr/lib", TRACE_LIST | TRACE_FOLLOW, "/usr /usr/lib"); /* not what is in it */
	trace_one(&m, "/run/haproxy/new", TRACE_CREATE | TRACE_NOFOLLOW, "/run /run/haproxy");
}

static void the_order_of_a_trace_does_not_matter(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	static const char *const names[] = {"/usr/lib/other", "/usr", "/lib/libx.so.1", "/run/haproxy/x"};
	struct trace t[2] = {0};
	struct keep_set k[2];
	for (int i = 0; i < 2; i++) {
		for (size_t j = 0; j < 4; j++) {
			const char *name = names[i ? 3 - j : j];
			trace_add(&t[i], name, strlen(name), TRACE_OPEN | TRACE_FOLLOW, 0, TRACE_BY_PTRACE);
		}
		keep_set_init(&k[i], m.index, NULL, KEEP_EXACT);
		CLEANUP_EVIDENCE struct evidence e;
		assert_int_equal(evidence_init(&e, m.index, &t[i], NULL), 0);
		keep_trace(&k[i], &e);
	}
	for (uint32_t id = 0; id < image_index_count(m.index); id++) {
		assert_int_equal(k[0].reasons[id].kind, k[1].reasons[id].kind);
		if (k[0].reasons[id].kind == KEEP_TRACE)
			assert_string_equal(strset_get(&t[0].paths, k[0].reasons[id].by),
					    strset_get(&t[1].paths, k[1].reasons[id].by));
	}
	for (int i = 0; i < 2; i++) {
		trace_done(&t[i]);
		keep_set_done(&k[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),
	    cmocka_unit_test(reasons),
	    cmocka_unit_test(traces),
	    cmocka_unit_test(the_order_of_a_trace_does_not_matter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
