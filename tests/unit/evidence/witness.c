#include "unit.h"

#include "evidence/witness.h"
#include "formats/elf_maker.h"
#include "image.h"

#define CALLS TRACE_BY_PTRACE
#define FANOTIFY TRACE_BY_FANOTIFY
#define OPEN (TRACE_OPEN | TRACE_OPENED | TRACE_FOLLOW)
#define KERNEL (TRACE_OPEN | TRACE_KERNEL | TRACE_FOLLOW)
#define NO_RULE TRACE_RULES

static void image(struct test_image *m)
{
	CLEANUP_BUF struct buf elf = {0};
	elf_make(&(struct elf_spec){.interp = "/lib/ld.so"}, &elf);
	image_init(m);
	image_bytes(m, "bin/dynamic", elf.data, elf.len, 0755);
	image_file(m, "lib/ld-1.so", "the loader");
	image_link(m, "lib/ld.so", "ld-1.so");
	image_program(m, "bin/script", "#!/bin/wrapper x\n");
	image_program(m, "bin/wrapper", "#! /bin/dynamic\n");
	image_file(m, "a", "a");
	image_link(m, "to-a", "a");
	image_hardlink(m, "same-as-a", "a");
	image_file(m, "b", "b");
	image_bytes(m, "secret", "s", 1, 0600);
	image_file(m, "closed/file", "x");
	assert_int_equal(fchmodat(image_top(m), "closed", 0700, 0), 0);
	image_file(m, "etc/hosts", "");
	image_file(m, "mnt/x", "");
	image_dir(m, "dir");
	image_index(m);
}

struct seen {
	const char *path;
	uint32_t kinds;
	uint8_t witness;
};

/* The rule that the first of these is put under; NO_RULE = it is no difference. */
static unsigned rule_of(const struct test_image *m, const struct seen *seen, size_t n)
{
	CLEANUP_TRACE struct trace t = {.witnesses = CALLS | FANOTIFY};
	unsigned rule = NO_RULE;
	for (size_t i = 0; i < n; i++) {
		const struct seen *s = &seen[n - 1 - i]; /* the first comes last: nothing hangs on the order */
		trace_add(&t, s->path, strlen(s->path), s->kinds, UINT32_MAX, s->witness);
	}
	CLEANUP_EVIDENCE struct evidence e;
	assert_int_equal(evidence_init(&e, m->index, &t, NULL), 0);
	evidence_witness_compare(&e, &t);
	for (unsigned r = 0; r < TRACE_RULES; r++)
		if (t.comparison.rules[r]) {
			assert_int_equal(rule, NO_RULE);
			assert_int_equal(t.comparison.rules[r], 1);
			rule = r;
		}
	assert_int_equal(t.comparison.unexplained.count, rule == TRACE_RULE_UNEXPLAINED);
	if (rule == TRACE_RULE_UNEXPLAINED)
		assert_string_equal(strset_get(&t.comparison.unexplained, 0), seen[0].path);
	return rule;
}

static void each_difference_has_its_rule(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image(&m);
	static const struct {
		unsigned rule;
		struct seen seen[2];
	} cases[] = {
	    /* fanotify alone */
	    {TRACE_RULE_UNEXPLAINED, {{"/a", KERNEL, FANOTIFY}}},
	    {TRACE_RULE_UNEXPLAINED, {{"/dir", KERNEL | TRACE_LIST, FANOTIFY}}},
	    {TRACE_RULE_UNEXPLAINED, {{"/a", KERNEL | TRACE_STAT, CALLS | FANOTIFY}}}, /* opened by nobody */
	    {TRACE_RULE_UNEXPLAINED, {{"/a", KERNEL, FANOTIFY}, {"/to-a", TRACE_STAT | TRACE_FOLLOW, CALLS}}},
	    {TRACE_RULE_UNEXPLAINED, {{"/lib/ld-1.so", KERNEL, FANOTIFY}, {"/bin/dynamic", TRACE_STAT, CALLS}}},
	    {TRACE_RULE_CREATED, {{"/new", KERNEL, FANOTIFY}}},
	    {TRACE_RULE_CREATED, {{"/a", KERNEL, FANOTIFY}, {"/a", TRACE_CREATE | TRACE_NOFOLLOW, CALLS}}},
	    {TRACE_RULE_REMOVED, {{"/mnt/x", KERNEL, FANOTIFY}, {"/mnt", TRACE_REMOVE | TRACE_NOFOLLOW, CALLS}}},
	    {TRACE_RULE_INTERPRETER,
	     {{"/lib/ld-1.so", KERNEL, FANOTIFY}, {"/bin/dynamic", TRACE_EXEC | OPEN, CALLS | FANOTIFY}}},
	    {TRACE_RULE_INTERPRETER,
	     {{"/lib/ld-1.so", KERNEL, FANOTIFY}, {"/bin/script", TRACE_EXEC | OPEN, CALLS | FANOTIFY}}},
	    {TRACE_RULE_INTERPRETER,
	     {{"/bin/wrapper", KERNEL, FANOTIFY}, {"/bin/script", TRACE_EXEC | OPEN, CALLS | FANOTIFY}}},
	    /* the system calls alone */
	    {TRACE_RULE_UNEXPLAINED, {{"/a", OPEN, CALLS}}},
	    {TRACE_RULE_UNEXPLAINED, {{"/to-a", OPEN, CALLS}}},
	    {TRACE_RULE_UNEXPLAINED, {{"/bin/script", TRACE_EXEC | TRACE_OPENED | TRACE_FOLLOW, CALLS}}},
	    {NO_RULE, {{"/a", TRACE_OPEN | TRACE_FOLLOW, CALLS}}}, /* O_PATH */
	    {NO_RULE, {{"/to-a", TRACE_OPEN | TRACE_OPENED | TRACE_NOFOLLOW, CALLS}}},
	    {NO_RULE, {{"/dir", OPEN, CALLS}}},
	    {NO_RULE, {{"/nowhere", OPEN, CALLS}}},
	    {NO_RULE, {{"/a", OPEN, CALLS | FANOTIFY}}},
	    {TRACE_RULE_CREATED, {{"/a", OPEN | TRACE_CREATE, CALLS}}},
	    {TRACE_RULE_REMOVED, {{"/mnt/x", OPEN, CALLS}, {"/mnt", TRACE_REMOVE | TRACE_NOFOLLOW, CALLS}}},
	    {TRACE_RULE_MOUNTED, {{"/etc/hosts", OPEN, CALLS}}},
	    {TRACE_RULE_MOUNTED, {{"/mnt/x", OPEN, CALLS}, {"/mnt", TRACE_MOUNT | TRACE_FOLLOW, CALLS}}},
	    {TRACE_RULE_REFUSED, {{"/secret", OPEN, CALLS}}},
	    {TRACE_RULE_REFUSED, {{"/closed/file", OPEN, CALLS}}},
	    {TRACE_RULE_REFUSED, {{"/a", OPEN | TRACE_WRITE, CALLS}}},
	    {TRACE_RULE_REFUSED, {{"/a", OPEN | TRACE_LIST, CALLS}}},
	    {TRACE_RULE_REFUSED, {{"/a", TRACE_EXEC | TRACE_OPENED | TRACE_FOLLOW, CALLS}}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned rule = rule_of(&m, cases[i].seen, cases[i].seen[1].path ? 2 : 1);
		if (rule != cases[i].rule)
			fail_msg("case %zu, %s: %u, not %u", i, cases[i].seen[0].path, rule, cases[i].rule);
	}
}

/* Under other names it is one file, and each name is told by the rule. */
static void names_of_one_file(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {.witnesses = CALLS | FANOTIFY};
	image(&m);
	trace_add(&t, "/to-a", 5, OPEN, UINT32_MAX, CALLS);
	trace_add(&t, "/same-as-a", 10, KERNEL, UINT32_MAX, FANOTIFY);
	trace_add(&t, "/b", 2, TRACE_STAT, UINT32_MAX, CALLS);
	trace_add(&t, "/lib/ld-1.so", 12, KERNEL, UINT32_MAX, FANOTIFY);
	trace_add(&t, "/dir", 4, OPEN | TRACE_LIST, UINT32_MAX, CALLS | FANOTIFY);
	CLEANUP_EVIDENCE struct evidence e;
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	evidence_witness_compare(&e, &t);
	assert_int_equal(t.comparison.rules[TRACE_RULE_OTHER_NAME], 2);
	assert_int_equal(t.comparison.rules[TRACE_RULE_UNEXPLAINED], 1);
	evidence_witness_count_files(&e, &t);
	assert_int_equal(t.comparison.files_both, 1);
	assert_int_equal(t.comparison.files_calls, 1);
	assert_int_equal(t.comparison.files_fanotify, 1);
}

static void one_witness_has_nothing_to_compare(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {.witnesses = CALLS};
	image(&m);
	trace_add(&t, "/a", 2, OPEN, UINT32_MAX, CALLS);
	CLEANUP_EVIDENCE struct evidence e;
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	evidence_witness_compare(&e, &t);
	for (size_t i = 0; i < TRACE_RULES; i++)
		assert_int_equal(t.comparison.rules[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_difference_has_its_rule),
	    cmocka_unit_test(names_of_one_file),
	    cmocka_unit_test(one_witness_has_nothing_to_compare),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
