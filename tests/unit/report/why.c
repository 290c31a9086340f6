#include "unit.h"

#include "base/mem.h"
#include "report/why.h"

static const char *const report =
    "{\"kept\": ["
    "{\"path\": \"/\", \"reason\": \"engine\"},"
    "{\"path\": \"/lib\", \"reason\": \"symlink\", \"by\": \"/usr/lib/libz.so.1\", \"target\": \"usr/lib\"},"
    "{\"path\": \"/usr/bin/app\", \"reason\": \"used\", \"as\": \"/bin/app\", \"kinds\": [\"exec\", \"follow\"], "
    "\"program\": \"/bin/sh\", \"size\": 7},"
    "{\"path\": \"/usr/lib/libz.so.1\", \"reason\": \"library\", \"by\": \"/usr/bin/app\", \"package\": \"zlib1g\"},"
    "{\"path\": \"/usr/share/x\", \"reason\": \"rule\", \"by\": \"/usr/lib/libz.so.1\", \"note\": \"the\\u001bx\"},"
    "{\"path\": \"/usr/share/s\", \"reason\": \"used\", \"kinds\": [\"open\"], \"seen_in\": [1, 3], \"seen_of\": 4},"
    "{\"path\": \"/usr/share/t\", \"reason\": \"rule\", \"by\": \"/usr/bin/app\", \"note\": \"named-tree\"},"
    "{\"path\": \"/a\", \"reason\": \"import\", \"by\": \"/b\", \"note\": \"m\"},"
    "{\"path\": \"/b\", \"reason\": \"import\", \"by\": \"/a\", \"note\": \"n\"},"
    "{\"path\": \"/m\", \"reason\": \"alias\", \"by\": \"/\", \"target\": \"/\"},"
    "{\"path\": \"/usr/bin/vi\", \"reason\": \"used\", \"target\": \"perl\"},"
    "{\"path\": \"/docs\", \"reason\": \"used\", \"target\": \"/usr/share/x/doc\"},"
    "{\"path\": \"/barred\", \"reason\": \"used\", \"target\": \"usr/lib/gone\"},"
    "{\"path\": \"/none\", \"reason\": \"used\", \"target\": \"/proc/1/none\"},"
    "{\"path\": \"/l\", \"reason\": \"parent\", \"target\": \"/l/x\"}"
    "], \"dropped\": ["
    "{\"path\": \"/usr/bin/perl\", \"size\": 3, \"package\": \"perl-base\"},"
    "{\"path\": \"/usr/share/x/doc/a\", \"size\": 5},"
    "{\"path\": \"/usr/share/x/doc/b\", \"size\": 6},"
    "{\"path\": \"/usr/share/xy\", \"size\": 100},"
    "{\"path\": \"/var/empty\"},"
    "{\"path\": \"/opt/current\", \"target\": \"/usr/share/x/doc\"},"
    "{\"path\": \"/usr/lib/gone\", \"excluded\": true},"
    "{\"path\": \"/usr/bin/tool\", \"named_by\": 3, \"named_in\": [{\"path\": \"/usr/bin/app\", \"how\": "
    "\"command\"}, {\"path\": \"/e\\u001b\", \"how\": \"import\"}]},"
    "{\"path\": \"/usr/bin/barred\", \"excluded\": true, \"named_by\": 1, \"named_in\": [{\"path\": "
    "\"/usr/bin/app\", \"how\": \"library\"}]}"
    "]}";

static void load(const char *text, struct report_why_lists *out)
{
	struct buf b = {0};
	struct err e = {0};
	buf_str(&b, text);
	if (report_why_lists_parse(&b, "r", out, &e) < 0)
		fail_msg("%s", e.msg);
}

static void answers(const char *path, bool want_kept, const char *want)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w;
	CLEANUP_BUF struct buf b = {0};
	struct err e = {0};
	bool kept = !want_kept;
	load(report, &w);
	if (report_why_answer(&w, path, &kept, &b, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(kept, want_kept);
	assert_string_equal(b.data, want);
}

static void files_of_some_runs(void **state)
{
	answers("/usr/share/s", true, "/usr/share/s is kept\n  seen in 2 of 4 runs: 1, 3\n  a run used it: open\n");
}

static void chains(void **state)
{
#define APP "a run used it: exec, follow; by /bin/sh, as /bin/app\n"
	answers("/usr/bin/app", true, "/usr/bin/app is kept, 7 bytes\n  " APP);
	answers("/lib/libz.so.1", true,
		"/usr/lib/libz.so.1 is kept, of the package zlib1g\n  a library that /usr/bin/app needs\n    " APP);
	answers("lib/../share//./x", true,
		"/usr/share/x is kept\n  the rule the\\x1bx, set off by /usr/lib/libz.so.1\n"
		"    a library that /usr/bin/app needs\n      " APP
		"  but 2 entries, 11 bytes below it are dropped; --include /usr/share/x keeps all of it\n");
	answers("/usr/share/t", true,
		"/usr/share/t is kept\n  all of a program's directory that /usr/bin/app names\n    " APP);
	answers("/usr/bin/perl", false,
		"/usr/bin/perl is dropped, 3 bytes, of the package perl-base\n"
		"  no run used it, and nothing that is kept is known to need it; --include /usr/bin/perl keeps it\n");
	answers("/lib/gone", false, "/usr/lib/gone is dropped\n  the user excluded it\n");
}

/* Dropped, but named by what is kept. */
static void unproven(void **state)
{
	answers("/usr/bin/tool", false,
		"/usr/bin/tool is dropped\n  no run used it, but 3 kept files name it:\n    /usr/bin/app, command\n"
		"    /e\\x1b, import\n    and 1 more\n  whether it is needed is unproven: an exercise that uses it "
		"proves it; --include /usr/bin/tool keeps it\n");
	answers("/usr/bin/barred", false,
		"/usr/bin/barred is dropped\n  the user excluded it, and no run used it, but 1 kept file names it:\n"
		"    /usr/bin/app, library\n");
}

/* What only the original has: through links, as a directory, at the end of a link that stays. */
static void only_in_the_original(void **state)
{
#define NOT_USED "  no run used it, and nothing that is kept is known to need it; --include "
	answers("/opt/current/a", false,
		"/usr/share/x/doc/a is dropped, 5 bytes\n" NOT_USED "/usr/share/x/doc/a keeps it\n");
	answers("/usr/share/x/doc/", false,
		"/usr/share/x/doc is dropped with all that is in it: 2 entries, 11 bytes\n" NOT_USED
		"/usr/share/x/doc keeps it\n");
	answers("/var/empty", false, "/var/empty is dropped\n" NOT_USED "/var/empty keeps it\n");
	answers("/opt/current", false,
		"/opt/current is dropped, a symbolic link to /usr/share/x/doc\n" NOT_USED
		"/opt/current keeps it\n  it leads to /usr/share/x/doc, which is dropped; --include /usr/share/x/doc "
		"keeps it\n");
#define USED "  a run used it\n  it leads to "
	answers("/usr/bin/vi", true,
		"/usr/bin/vi is kept, a symbolic link to perl\n" USED
		"/usr/bin/perl, which is dropped; --include /usr/bin/perl keeps it\n");
	answers("/docs", true,
		"/docs is kept, a symbolic link to /usr/share/x/doc\n" USED
		"/usr/share/x/doc, which is dropped; --include /usr/share/x/doc keeps it\n");
	answers("/barred", true,
		"/barred is kept, a symbolic link to usr/lib/gone\n" USED "/usr/lib/gone, which the user excluded\n");
	answers("/none", true,
		"/none is kept, a symbolic link to /proc/1/none\n" USED
		"/proc/1/none, which the image does not have\n");
}

/* Chains and links that lead back to themselves end. */
static void loops(void **state)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w;
	CLEANUP_BUF struct buf b = {0};
	bool kept;
	load(report, &w);
	assert_int_equal(report_why_answer(&w, "/a", &kept, &b, NULL), 0);
	size_t lines = 0;
	for (size_t i = 0; i < b.len; i++)
		lines += b.data[i] == '\n';
	assert_int_equal(lines, REPORT_WHY_STEPS + 1);
	assert_int_equal(report_why_answer(&w, "/l/y", &kept, &b, NULL), -ERR_NOTFOUND);
}

static void refused(void **state)
{
	static const struct {
		const char *text, *path, *says;
	} cases[] = {
	    {"{}", "/a", "without the reasons"},
	    {"{\"kept\": {}}", "/a", "kept"},
	    {"{\"kept\": [1, null, {}, {\"path\": 1}]}", "/a", "only a report knows"},
	    {"{\"kept\": [], \"dropped\": []}", "/a", "the image has no /a"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_REPORT_WHY_LISTS struct report_why_lists w;
		CLEANUP_BUF struct buf b = {0};
		struct err e = {0};
		bool kept;
		load(cases[i].text, &w);
		assert_true(report_why_answer(&w, cases[i].path, &kept, &b, &e) < 0);
		if (!strstr(e.msg, cases[i].says))
			fail_msg("%s", e.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_of_some_runs),   cmocka_unit_test(chains), cmocka_unit_test(unproven),
	    cmocka_unit_test(only_in_the_original), cmocka_unit_test(loops),  cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
