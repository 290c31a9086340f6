#include "keep/trees/own_tree.h"

#include "unit.h"

#include "image.h"

static const struct {
	const char *file, *tree; /* tree: NULL = none */
} cases[] = {
    {"/usr/lib/R/library/stats/R/stats.rdb", "/usr/lib/R"},
    {"/usr/lib/x86_64-linux-gnu/odbc/drivers/a.so", "/usr/lib/x86_64-linux-gnu/odbc"},
    {"/usr/share/games/chess/book.dat", "/usr/share/games/chess"},
    {"/usr/local/share/app/x", "/usr/local/share/app"},
    {"/opt/tool/bin/tool", "/opt/tool"},
    {"/usr/share/emacs/28.2/lisp/loaddefs.el", "/usr/share/emacs"},
    {"/usr/lib/gcc/x86_64-linux-gnu/12/cc1", "/usr/lib/gcc"},
    {"/usr/share/xml/docbook/a.xsl", "/usr/share/xml/docbook"},
    {"/var/lib/postgresql/15/main/global/1", "/var/lib/postgresql"},
    {"/usr/lib/postgresql/15/bin/psql", NULL}, /* a rule's */
    {"/var/lib/dpkg/status", NULL},
    {"/opt/file", NULL},                           /* no directory */
    {"/usr/lib/x86_64-linux-gnu/libx.so", NULL},   /* shared by all */
    {"/usr/lib/python3.11/json/decoder.py", NULL}, /* a closure's */
    {"/usr/share/zoneinfo/Europe/Berlin", NULL},   /* a rule's */
    {"/usr/share/doc/app/readme", NULL},           /* documentation */
    {"/opt/app/node_modules/x/index.js", NULL},    /* packages of a language */
    {"/srv/app/x", NULL},                          /* the application's */
    {"/etc/app/app.conf", NULL},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static void trees(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	for (size_t i = 0; i < N_CASES; i++)
		image_file(&m, cases[i].file + 1, "x");
	image_index(&m);
	for (size_t i = 0; i < N_CASES; i++) {
		uint32_t got = keep_own_tree_of(m.index, image_node(&m, cases[i].file));
		uint32_t want = cases[i].tree ? image_node(&m, cases[i].tree) : IMAGE_NONE;
		if (got != want)
			print_error("%s\n", cases[i].file);
		assert_int_equal(got, want);
	}
}

static void tools(void **state)
{
	assert_true(keep_own_tree_is_for_tools("emacs"));
	assert_true(keep_own_tree_is_for_tools("cmake-3.25"));
	assert_false(keep_own_tree_is_for_tools("gdal"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(trees), cmocka_unit_test(tools)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
