#include "unit.h"

#include "keep/application/named_files.h"
#include "keep/kept.h"
#include "packages/packages.h"

#define PACKAGE(name, more) "Package: " name "\nStatus: install ok installed\nSection: x\nVersion: 1\n" more "\n"

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "var/lib/dpkg/status",
		   PACKAGE("used", "Depends: needed\nRecommends: wanted\n") PACKAGE("needed", "") PACKAGE("wanted", "")
		       PACKAGE("dict", "") PACKAGE("tool", "") PACKAGE("lib", "") PACKAGE("deep", "")
			   PACKAGE("docs", "") PACKAGE("plugin", "Depends: used\n")
			       PACKAGE("part", "Source: used (2)\n"));
	image_file(m, "var/lib/dpkg/info/used.list", "/usr/bin/used\n/usr/share/dicts/en.dic\n");
	image_file(m, "var/lib/dpkg/info/needed.list", "/usr/bin/needed\n");
	image_file(m, "var/lib/dpkg/info/wanted.list", "/usr/bin/wanted\n");
	image_file(m, "var/lib/dpkg/info/dict.list",
		   "/usr/share/dicts/de.dic\n/usr/share/doc/dict/copyright\n/usr/share/dicts/de.h\n");
	image_file(m, "var/lib/dpkg/info/tool.list",
		   "/usr/bin/tool\n/usr/share/locale/de/tool.mo\n/usr/share/locale/en/tool.mo\n/etc/init.d/tool\n");
	image_file(m, "var/lib/dpkg/info/lib.list", "/usr/lib/x86_64-linux-gnu/libx.so.1\n");
	image_file(m, "var/lib/dpkg/info/deep.list",
		   "/usr/lib/python3/dist-packages/man/x.py\n/usr/lib/python3/dist-packages/deep/tests/t.py\n");
	image_file(m, "var/lib/dpkg/info/docs.list", "/usr/share/doc/docs/copyright\n");
	image_file(m, "var/lib/dpkg/info/plugin.list", "/opt/plugin\n");
	image_file(m, "var/lib/dpkg/info/part.list", "/opt/part\n");
	static const char *const files[] = {"opt/plugin",
					    "opt/part",
					    "usr/bin/used",
					    "usr/bin/needed",
					    "usr/bin/wanted",
					    "usr/bin/tool",
					    "usr/share/dicts/en.dic",
					    "usr/share/dicts/de.dic",
					    "usr/share/dicts/de.h",
					    "usr/share/doc/dict/copyright",
					    "usr/share/doc/docs/copyright",
					    "usr/share/locale/de/tool.mo",
					    "usr/share/locale/en/tool.mo",
					    "etc/init.d/tool",
					    "usr/lib/x86_64-linux-gnu/libx.so.1",
					    "usr/lib/python3/dist-packages/man/x.py",
					    "usr/lib/python3/dist-packages/deep/tests/t.py"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		image_file(m, files[i], "12345");
	image_index(m);
}

/* "name:FILES/BYTES[+][!]" of each package with a useful file: + = related, ! = used. */
static void found(struct test_image *m, const struct trace *t, const char *want)
{
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_PACKAGES struct packages p;
	CLEANUP_PACKAGES_RELATIONS struct packages_relations r;
	CLEANUP_EVIDENCE struct evidence e;
	CLEANUP_BUF struct buf got = {0};
	struct keep_named_files f;
	keep_set_init(&k, m->index, NULL, KEEP_SAFE);
	assert_int_equal(evidence_init(&e, m->index, t, NULL), 0);
	keep_trace(&k, &e);
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	packages_relations_init(&r, &p);
	keep_named_files_find(&k, &p, &r, &e, &f);
	for (size_t i = 0; i < p.count; i++)
		if (f.packages[i].files)
			buf_printf(&got, "%s%s:%u/%u%s%s", got.len ? " " : "", p.items[i].name, f.packages[i].files,
				   (unsigned)f.packages[i].bytes, f.packages[i].related ? "+" : "",
				   f.packages[i].used ? "!" : "");
	keep_named_files_done(&f);
	assert_string_equal(got.data, want);
}

static void uses(void **state)
{
	static const struct {
		const char *path;
		uint32_t kinds;
		const char *want;
	} cases[] = {
	    {"/usr/bin/used", TRACE_EXEC,
	     "used:2/5+! needed:1/5+ wanted:1/5+ dict:1/5 tool:2/10 lib:1/5+ deep:1/5 plugin:1/5+ part:1/5+"},
	    {"/usr/bin/tool", TRACE_STAT,
	     "used:2/10 needed:1/5 wanted:1/5 dict:1/5 tool:2/5 lib:1/5+ deep:1/5 plugin:1/5 part:1/5"},
	    {"/usr/share/dicts/en.dic", TRACE_OPEN,
	     "used:2/5+! needed:1/5+ wanted:1/5+ dict:1/5+ tool:2/10 lib:1/5+ deep:1/5 plugin:1/5+ part:1/5+"},
	    {"/usr/share/dicts/fr.dic", TRACE_STAT,
	     "used:2/10+ needed:1/5 wanted:1/5 dict:1/5+ tool:2/10 lib:1/5+ deep:1/5 plugin:1/5 part:1/5"},
	    {"/usr/lib/python3/dist-packages", TRACE_LIST,
	     "used:2/10 needed:1/5 wanted:1/5 dict:1/5 tool:2/10 lib:1/5+ deep:1/5+ plugin:1/5 part:1/5"},
	    {"/usr/share", TRACE_LIST,
	     "used:2/10 needed:1/5 wanted:1/5 dict:1/5 tool:2/10 lib:1/5+ deep:1/5 plugin:1/5 part:1/5"},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TRACE struct trace t = {0};
		trace_add(&t, cases[i].path, strlen(cases[i].path), cases[i].kinds | TRACE_FOLLOW, UINT32_MAX,
			  TRACE_BY_PTRACE);
		found(&m, &t, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(uses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
