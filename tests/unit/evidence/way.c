#include "unit.h"

#include "base/limits.h"
#include "evidence/way.h"
#include "image.h"

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "usr/lib/x", "x");
	image_dir(m, "usr/bin");
	image_dir(m, "proc");
	image_file(m, "etc/hosts", "");
	image_file(m, "closed/file", "x");
	assert_int_equal(fchmodat(image_top(m), "closed", 0700, 0), 0);
	image_link(m, "lib", "usr/lib");
	image_link(m, "to-x", "lib/x");
	image_link(m, "mtab", "/proc/mounts");
	image_link(m, "usr/bin/abs", "/etc/hosts");
	image_link(m, "loop", "loop");
	image_index(m);
}

static void add_path(const struct test_image *m, uint32_t node, struct buf *out)
{
	if (node == IMAGE_NONE)
		buf_str(out, "-");
	else
		image_index_path(m->index, node, out);
}

/* "NODE LAST turn TURN... link LINK..." */
static void describe(const struct test_image *m, const char *path, bool follow, struct buf *out)
{
	CLEANUP_EVIDENCE_STEPS struct evidence_steps steps = {0};
	struct evidence_way w;
	evidence_way_find(m->index, NULL, "/lib/../bin", true, &steps, &w); /* steps of another way come before */
	evidence_way_find(m->index, NULL, path, follow, &steps, &w);
	assert_int_equal(w.first + w.n_turns + w.n_links, steps.count);
	assert_int_equal(w.passes, 0);
	add_path(m, w.node, out);
	buf_char(out, ' ');
	add_path(m, w.last, out);
	for (uint32_t i = 0; i < w.n_turns + w.n_links; i++) {
		buf_str(out, i < w.n_turns ? " turn " : " link ");
		add_path(m, steps.items[w.first + i], out);
	}
}

static void ends_and_steps(void **state)
{
	static const struct {
		const char *path;
		bool follow;
		const char *want;
	} cases[] = {
	    {"/", true, "/ /"},
	    {"", true, "- -"},
	    {"/usr/lib/x", true, "/usr/lib/x /usr/lib/x"},
	    {"/usr/lib/y", true, "- /usr/lib"},
	    {"/lib/x", true, "/usr/lib/x /usr/lib/x link /lib"},
	    {"/lib", false, "/lib /lib"},
	    {"/lib/", false, "/usr/lib /usr/lib link /lib"},
	    {"/to-x", true, "/usr/lib/x /usr/lib/x link /to-x link /lib"},
	    {"/to-x", false, "/to-x /to-x"},
	    {"/usr/bin/../lib/x", true, "/usr/lib/x /usr/lib/x turn /usr/bin"},
	    {"/usr/bin/abs", true, "/etc/hosts /etc/hosts link /usr/bin/abs"},
	    {"/mtab", true, "- /proc link /mtab"},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf got = {0};
		describe(&m, cases[i].path, cases[i].follow, &got);
		if (strcmp(got.data, cases[i].want) != 0)
			fail_msg("%s: %s, not %s", cases[i].path, got.data, cases[i].want);
	}
}

/* As many links as a resolution may cross, and the one that is too many. */
static void a_loop_of_links(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_EVIDENCE_STEPS struct evidence_steps steps = {0};
	struct evidence_way w;
	make(&m);
	evidence_way_find(m.index, NULL, "/loop", true, &steps, &w);
	assert_int_equal(w.node, IMAGE_NONE);
	assert_int_equal(w.n_links, LIMIT_SYMLINKS + 1);
	assert_int_equal(w.last, image_node(&m, "/loop"));
}

static void passes(void **state)
{
	static const struct {
		const char *path;
		uint8_t passes;
	} cases[] = {
	    {"/usr/lib/x", 0},
	    {"/proc", EVIDENCE_VIRTUAL | EVIDENCE_MOUNTED},
	    {"/proc/self/exe", EVIDENCE_VIRTUAL | EVIDENCE_MOUNTED},
	    {"/processes", 0},
	    {"/mtab", EVIDENCE_VIRTUAL | EVIDENCE_MOUNTED},
	    {"/dev/null", EVIDENCE_VIRTUAL}, /* the image has no /dev */
	    {"/dev/../etc", 0},
	    {"/usr/bin/abs", EVIDENCE_MOUNTED},
	    {"/etc/resolv.conf", 0}, /* the image has none */
	    {"/closed/file", EVIDENCE_CLOSED},
	    {"/closed/../usr", EVIDENCE_CLOSED},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	struct evidence_mounts mounts;
	make(&m);
	evidence_mounts_find(m.index, &mounts);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_EVIDENCE_STEPS struct evidence_steps steps = {0};
		struct evidence_way w;
		evidence_way_find(m.index, &mounts, cases[i].path, true, &steps, &w);
		if (w.passes != cases[i].passes)
			fail_msg("%s: %d, not %d", cases[i].path, w.passes, cases[i].passes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ends_and_steps),
	    cmocka_unit_test(a_loop_of_links),
	    cmocka_unit_test(passes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
