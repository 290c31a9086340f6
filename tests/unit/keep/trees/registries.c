#include "keep/trees/registries.h"

#include "unit.h"

#include "keep/traced.h"

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "usr/lib/office/types/a.rdb", "uri=\"$DIR/libone.so\" uri='libnone.so' x libx two.dat:");
	image_file(m, "usr/lib/office/program/libone.so", "12345678");
	image_file(m, "usr/lib/office/program/libtwo.so", "12345678");
	image_file(m, "usr/lib/office/program/libx", "1");
	image_file(m, "usr/lib/office/share/two.dat", "1234");
	image_file(m, "usr/lib/office/more/two.dat", "12345");
	image_bytes(m, "usr/lib/office/binary", "\0libtwo.so", 11, 0644);
	image_file(m, "usr/lib/other/libone.so", "1");
	image_index(m);
}

/* The tree's limit is too low for all of it. */
static void one(const char *used, struct keep_trees_limits limits, bool library, bool data)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_TRACED struct traced r;
	struct keep_trees trees;
	traced_init(&r, &m, KEEP_SAFE, TRACE_OPEN, &used, 1);
	keep_trees_add(&r.k, &r.p, &r.e, limits, &trees);
	keep_registries_add(&r.k, &r.e, &trees);
	assert_int_equal(keep_has(&r.k, image_node(&m, "/usr/lib/office/program/libone.so")), library);
	assert_int_equal(keep_has(&r.k, image_node(&m, "/usr/lib/office/share/two.dat")), data);
	assert_int_equal(keep_has(&r.k, image_node(&m, "/usr/lib/office/more/two.dat")), data);
	assert_false(keep_has(&r.k, image_node(&m, "/usr/lib/office/program/libtwo.so")));
	assert_false(keep_has(&r.k, image_node(&m, "/usr/lib/office/program/libx")));
	assert_false(keep_has(&r.k, image_node(&m, "/usr/lib/other/libone.so")));
	assert_true(trees.bytes <= limits.sum);
	keep_trees_done(&trees);
}

static void named(void **state)
{
	const char *registry = "/usr/lib/office/types/a.rdb";
	one(registry, (struct keep_trees_limits){17, 17}, true, true);
	one(registry, (struct keep_trees_limits){8, 100}, true, false);
	one(registry, (struct keep_trees_limits){100, 8}, true, false);
	one("/usr/lib/office/binary", (struct keep_trees_limits){17, 17}, false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(named)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
