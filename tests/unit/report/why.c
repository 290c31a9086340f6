#include "unit.h"

#include "base/mem.h"
#include "report/why.h"
#include "text/json.h"

static const char *const report =
    "{\"kept\": ["
    "{\"path\": \"/\", \"reason\": \"engine\"},"
    "{\"path\": \"/lib\", \"reason\": \"symlink\", \"by\": \"/usr/lib/libz.so.1\", \"target\": \"usr/lib\"},"
    "{\"path\": \"/usr/bin/app\", \"reason\": \"used\", \"as\": \"/bin/app\", \"kinds\": [\"exec\", \"follow\"], "
    "\"program\": \"/bin/sh\", \"size\": 7},"
    "{\"path\": \"/usr/lib/libz.so.1\", \"reason\": \"library\", \"by\": \"/usr/bin/app\", \"package\": \"zlib1g\"},"
    "{\"path\": \"/usr/share/x\", \"reason\": \"rule\", \"by\": \"/usr/lib/libz.so.1\", \"note\": \"the\\u001bx\"},"
    "{\"path\": \"/a\", \"reason\": \"import\", \"by\": \"/b\", \"note\": \"m\"},"
    "{\"path\": \"/b\", \"reason\": \"import\", \"by\": \"/a\", \"note\": \"n\"},"
    "{\"path\": \"/m\", \"reason\": \"alias\", \"by\": \"/\", \"target\": \"/\"},"
    "{\"path\": \"/l\", \"reason\": \"parent\", \"target\": \"/l/x\"}"
    "], \"dropped\": ["
    "{\"path\": \"/usr/bin/perl\", \"size\": 3, \"package\": \"perl-base\"},"
    "{\"path\": \"/usr/lib/gone\", \"excluded\": true}"
    "]}";

static void answers(const char *path, bool want_kept, const char *want)
{
	json_auto_t *root = NULL;
	CLEANUP_BUF struct buf b = {0};
	struct err e = {0};
	bool kept = !want_kept;
	assert_int_equal(json_parse_object(report, strlen(report), 1 << 20, "r", &root, NULL), 0);
	if (report_why_answer(root, path, &kept, &b, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(kept, want_kept);
	assert_string_equal(b.data, want);
}

static void chains(void **state)
{
#define APP "a run used it: exec, follow; by /bin/sh, as /bin/app\n"
	answers("/usr/bin/app", true, "/usr/bin/app is kept, 7 bytes\n  " APP);
	answers("/lib/libz.so.1", true,
		"/usr/lib/libz.so.1 is kept, of the package zlib1g\n  a library that /usr/bin/app needs\n    " APP);
	answers("lib/../share//./x", true,
		"/usr/share/x is kept\n  the rule the\\x1bx, set off by /usr/lib/libz.so.1\n"
		"    a library that /usr/bin/app needs\n      " APP);
	answers("/usr/bin/perl", false,
		"/usr/bin/perl is dropped, 3 bytes, of the package perl-base\n"
		"  no run used it, and nothing that is kept is known to need it; --include /usr/bin/perl keeps it\n");
	answers("/lib/gone", false, "/usr/lib/gone is dropped\n  the user excluded it\n");
}

/* Chains and links that lead back to themselves end. */
static void loops(void **state)
{
	json_auto_t *root = NULL;
	CLEANUP_BUF struct buf b = {0};
	bool kept;
	assert_int_equal(json_parse_object(report, strlen(report), 1 << 20, "r", &root, NULL), 0);
	assert_int_equal(report_why_answer(root, "/a", &kept, &b, NULL), 0);
	size_t lines = 0;
	for (size_t i = 0; i < b.len; i++)
		lines += b.data[i] == '\n';
	assert_int_equal(lines, REPORT_WHY_STEPS + 1);
	assert_int_equal(report_why_answer(root, "/l/y", &kept, &b, NULL), -ERR_NOTFOUND);
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
		json_auto_t *root = NULL;
		CLEANUP_BUF struct buf b = {0};
		struct err e = {0};
		bool kept;
		assert_int_equal(json_parse_object(cases[i].text, strlen(cases[i].text), 1 << 20, "r", &root, NULL), 0);
		assert_true(report_why_answer(root, cases[i].path, &kept, &b, &e) < 0);
		if (!strstr(e.msg, cases[i].says))
			fail_msg("%s", e.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(chains),
	    cmocka_unit_test(loops),
	    cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
