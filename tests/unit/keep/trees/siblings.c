#include "keep/trees/siblings.h"

#include "unit.h"

#include "keep/traced.h"

static void make(struct test_image *m)
{
	static const char *const files[] = {"usr/share/dict/de.aff",
					    "usr/share/dict/de.dic",
					    "usr/share/dict/en.aff",
					    "usr/share/dict/en.dic",
					    "usr/share/dict/sub/fr.dic",
					    "usr/lib/python3/a.py",
					    "usr/lib/python3/b.py",
					    "usr/lib/x/liba.so.1",
					    "usr/lib/x/libb.so.1",
					    "usr/share/man/a.txt",
					    "usr/share/man/b.txt",
					    "etc/a.conf",
					    "etc/b.conf",
					    "usr/share/v/a.1",
					    "usr/share/v/b.1",
					    "data/a.csv",
					    "data/b.csv",
					    "srv/node_modules/x/a.dat",
					    "srv/node_modules/x/b.dat",
					    "var/cache/a.dat",
					    "var/cache/b.dat",
					    "usr/share/n/.dic",
					    "usr/share/n/a",
					    "usr/share/n/b"};
	image_init(m);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		image_file(m, files[i], "12345678");
	image_link(m, "usr/share/dict/moved.dic", "/data/far.dic");
	image_file(m, "data/far.dic", "1");
	image_link(m, "usr/share/dict/broken.dic", "none");
	image_index(m);
}

/* Whether the other stays too if the run did that to the one. cut: how many groups were too large. */
static void one(uint32_t kinds, const char *used, struct keep_siblings_limits limits, const char *other, bool want,
		size_t cut)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_TRACED struct traced r;
	struct keep_siblings s;
	traced_init(&r, &m, KEEP_SAFE, kinds, &used, 1);
	keep_siblings_add(&r.k, &r.p, &r.e, limits, &s);
	if (keep_has(&r.k, image_node(&m, other)) != want)
		fail_msg("%s beside %s", other, used);
	if (want)
		assert_reason(&r.k, &m, other, KEEP_RULE, image_node(&m, used));
	size_t n = 0;
	for (size_t i = 0; i < s.count; i++)
		n += s.items[i].cut;
	assert_int_equal(n, cut);
	keep_siblings_done(&s);
}

#define BESIDE(used, other, want) one(TRACE_OPEN, used, KEEP_SIBLINGS_LIMITS, other, want, 0)

static void data(void **state)
{
	BESIDE("/usr/share/dict/en.dic", "/usr/share/dict/de.dic", true);
	BESIDE("/usr/share/dict/en.dic", "/data/far.dic", true); /* through a link */
	BESIDE("/usr/share/dict/en.dic", "/usr/share/dict/de.aff", false);
	BESIDE("/usr/share/dict/en.dic", "/usr/share/dict/sub/fr.dic", false);
	BESIDE("/usr/share/dict/en.dic", "/usr/share/dict/broken.dic", false);
	BESIDE("/data/a.csv", "/data/b.csv", true);
}

static void others(void **state)
{
	static const char *const pairs[][2] = {
	    {"/usr/lib/python3/a.py", "/usr/lib/python3/b.py"}, /* a closure's */
	    {"/usr/lib/x/liba.so.1", "/usr/lib/x/libb.so.1"},
	    {"/usr/share/man/a.txt", "/usr/share/man/b.txt"}, /* documentation */
	    {"/etc/a.conf", "/etc/b.conf"},
	    {"/usr/share/v/a.1", "/usr/share/v/b.1"}, /* a version */
	    {"/srv/node_modules/x/a.dat", "/srv/node_modules/x/b.dat"},
	    {"/var/cache/a.dat", "/var/cache/b.dat"},
	    {"/usr/share/n/a", "/usr/share/n/b"},
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		BESIDE(pairs[i][0], pairs[i][1], false);
	const char *used = "/usr/share/dict/en.dic", *other = "/usr/share/dict/de.dic";
	one(TRACE_STAT, used, KEEP_SIBLINGS_LIMITS, other, false, 0);
	one(TRACE_OPEN | TRACE_EXEC, used, KEEP_SIBLINGS_LIMITS, other, false, 0);
	one(TRACE_OPEN | TRACE_WRITE, used, KEEP_SIBLINGS_LIMITS, other, false, 0);
}

/* de.dic and what moved.dic leads to: 9 bytes. */
static void limits(void **state)
{
	const char *used = "/usr/share/dict/en.dic", *other = "/usr/share/dict/de.dic";
	one(TRACE_OPEN, used, (struct keep_siblings_limits){9, 9}, other, true, 0);
	one(TRACE_OPEN, used, (struct keep_siblings_limits){8, 100}, other, false, 1);
	one(TRACE_OPEN, used, (struct keep_siblings_limits){100, 8}, other, false, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(data), cmocka_unit_test(others), cmocka_unit_test(limits)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
