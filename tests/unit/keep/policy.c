#include "unit.h"

#include <fcntl.h>

#include "keep/closure/closures.h"
#include "keep/kept.h"
#include "keep/policy.h"

static void make(struct test_image *m)
{
	image_init(m);
	image_program(m, "usr/bin/tool", "#!/bin/sh\n");
	image_program(m, "usr/bin/sh", "x");
	image_link(m, "bin", "usr/bin");
	image_file(m, "opt/app/a.js", "x");
	image_file(m, "opt/app/a.js.map", "x");
	image_file(m, "opt/app/lib/b.js", "x");
	image_link(m, "opt/current", "app");
	image_file(m, "etc/x/conf", "x");
	image_file(m, "etc/y/conf", "x");
	image_index(m);
}

static struct strlist list(const char *a, const char *b)
{
	struct strlist l = {0};
	if (a)
		strlist_add(&l, a);
	if (b)
		strlist_add(&l, b);
	return l;
}

static void keeps(const char *a, const char *b, const char *exclude, const char *want, size_t n_unused)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	struct keep_policy p = {.include = list(a, b), .exclude = list(exclude, NULL)};
	CLEANUP_STRLIST struct strlist unused = {0};
	keep_policy_exclude(&k, &p, &unused);
	keep_policy_include(&k, &p, &unused);
	assert_int_equal(keep_closures(&k, NULL), 0);
	CLEANUP_FREE char *got = kept_text(&k);
	if (strcmp(got, want) != 0)
		fail_msg("%s %s -%s: %s", a, b ? b : "", exclude ? exclude : "", got);
	assert_int_equal(unused.count, n_unused);
	keep_policy_done(&p);
}

static void patterns(void **state)
{
#define TOOL "/bin /usr /usr/bin /usr/bin/sh /usr/bin/tool"
	keeps("/opt/app", NULL, NULL, "/opt /opt/app /opt/app/a.js /opt/app/a.js.map /opt/app/lib /opt/app/lib/b.js",
	      0);
	keeps("opt/app/", NULL, "**/*.map", "/opt /opt/app /opt/app/a.js /opt/app/lib /opt/app/lib/b.js", 0);
	keeps("/opt/current/lib", NULL, NULL, "/opt /opt/app /opt/app/lib /opt/app/lib/b.js", 0);
	keeps("/opt/current", NULL, NULL, "/opt /opt/app /opt/current", 0);
	keeps("/opt/app/*.js", NULL, NULL, "/opt /opt/app /opt/app/a.js", 0);
	keeps("/etc/{x,y}/conf", NULL, NULL, "/etc /etc/x /etc/y /etc/x/conf /etc/y/conf", 0);
	keeps("/etc/**", NULL, "/etc/y", "/etc /etc/x /etc/x/conf", 0);
	keeps("/bin/tool", NULL, NULL, TOOL, 0); /* and its interpreter */
	keeps("/bin/tool", NULL, "/bin/sh", "/bin /usr /usr/bin /usr/bin/tool", 0);
	keeps("/none", "/etc/{x", "/gone/**", "", 3);
}

static void programs(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	struct keep_policy p = {.include_exe = list("sh", "gone"), .include_shell = true};
	CLEANUP_STRLIST struct strlist unused = {0};
	keep_policy_include(&k, &p, &unused);
	assert_kept(&k, "/usr /usr/bin /usr/bin/sh");
	assert_int_equal(unused.count, 1);
	assert_string_equal(unused.items[0], "gone");
	keep_policy_done(&p);
}

static void parses(const char *text, const char *error, struct keep_policy *out)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "p", text);
	struct err e = {0};
	*out = (struct keep_policy){0};
	int r = keep_policy_load(image_top(&m), "p", out, &e);
	if (error) {
		assert_true(r < 0);
		if (!strstr(e.msg, error))
			fail_msg("%s", e.msg);
	} else if (r < 0) {
		fail_msg("%s", e.msg);
	}
}

static void files(void **state)
{
#define S "{\"schema\": \"slim.policy/v1\""
	struct keep_policy p;
	parses(S
	       ", \"keep\": \"closure\", \"include\": [\"a\", \"b\"], \"exclude\": [\"c\"], \"include-exe\": [\"d\"], "
	       "\"include-shell\": true, \"package-db\": \"drop\"}",
	       NULL, &p);
	assert_int_equal(p.level, KEEP_CLOSURE);
	assert_int_equal(p.package_db, KEEP_DB_DROP);
	assert_true(p.include_shell);
	assert_int_equal(p.include.count, 2);
	assert_string_equal(p.exclude.items[0], "c");
	assert_string_equal(p.include_exe.items[0], "d");
	keep_policy_done(&p);
	static const struct {
		const char *text, *error;
	} bad[] = {
	    {"{}", "schema"},
	    {"{\"schema\": \"slim.policy/v2\"}", "slim.policy/v1"},
	    {S ", \"inclide\": []}", "inclide"},
	    {S ", \"include\": \"x\"}", "an array"},
	    {S ", \"include\": [1]}", "array of strings"},
	    {S ", \"keep\": \"all\"}", "exact, closure, safe or most"},
	    {S ", \"package-db\": \"all\"}", "trim, keep or drop"},
	    {S ", \"include-shell\": 1}", "true or false"},
	    {"[]", "p"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		parses(bad[i].text, bad[i].error, &p);
		keep_policy_done(&p);
	}
}

static void pattern_files(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "p", "# what\n/a\r\n\n/b c\n#/d\n/e");
	CLEANUP_STRLIST struct strlist l = {0};
	assert_int_equal(keep_policy_load_patterns(image_top(&m), "p", &l, NULL), 0);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.items[0], "/a");
	assert_string_equal(l.items[1], "/b c");
	assert_string_equal(l.items[2], "/e");
	assert_true(keep_policy_load_patterns(image_top(&m), "none", &l, NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patterns),
	    cmocka_unit_test(programs),
	    cmocka_unit_test(files),
	    cmocka_unit_test(pattern_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
