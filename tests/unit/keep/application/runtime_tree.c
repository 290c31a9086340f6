#include "unit.h"

#include "image.h"
#include "keep/application/runtime_tree.h"

static void shapes(void **state)
{
	static const struct {
		const char *files[3], *dir;
		enum keep_runtime_tree_kind kind;
	} cases[] = {
	    {{"opt/go/bin/go", "opt/go/src/runtime/x", "opt/go/pkg/x"}, "/opt/go", KEEP_RUNTIME_TREE_WHOLE},
	    {{"opt/go/bin/go", "opt/go/src/runtime/x"}, "/opt/go", KEEP_RUNTIME_TREE_NONE},
	    {{"usr/local/bin/node", "usr/local/include/node/x"}, "/usr/local", KEEP_RUNTIME_TREE_SHARED},
	    {{"opt/py/bin/python3", "opt/py/lib/python3.11/os.py"}, "/opt/py", KEEP_RUNTIME_TREE_WHOLE},
	    {{"opt/py/bin/python3", "opt/py/lib/python3/os.py"}, "/opt/py", KEEP_RUNTIME_TREE_NONE},
	    {{"opt/py/bin/python3", "opt/py/lib/python3.9/x", "opt/py/lib/python3.11/os.py"},
	     "/opt/py",
	     KEEP_RUNTIME_TREE_WHOLE}, /* the first that matches is not the one */
	    {{"opt/erl/bin/erl", "opt/erl/erts-14.1/x"}, "/opt/erl", KEEP_RUNTIME_TREE_WHOLE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		uint32_t layer = 7;
		image_init(&m);
		image_file(&m, "bin/sh", "");
		(void)image_layer(&m);
		for (size_t f = 0; f < 3 && cases[i].files[f]; f++)
			image_file(&m, cases[i].files[f], "");
		image_index(&m);
		enum keep_runtime_tree_kind kind = keep_runtime_tree_at(m.index, image_node(&m, cases[i].dir), &layer);
		if (kind != cases[i].kind)
			fail_msg("case %zu: %d, not %d", i, kind, cases[i].kind);
		assert_int_equal(layer, kind == KEEP_RUNTIME_TREE_NONE ? 7 : 1);
	}
}

static void builds(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "opt/maven/bin/mvn", "");
	image_file(&m, "opt/maven/boot/x", "");
	image_file(&m, "opt/jdk/bin/java", "");
	image_file(&m, "opt/jdk/lib/modules", "");
	image_file(&m, "usr/local/bin/gcc", ""); /* others lie there, too */
	image_file(&m, "usr/local/lib/gcc/x", "");
	image_index(&m);
	assert_true(keep_runtime_tree_builds(m.index, image_node(&m, "/opt/maven")));
	assert_false(keep_runtime_tree_builds(m.index, image_node(&m, "/opt/jdk")));
	assert_false(keep_runtime_tree_builds(m.index, image_node(&m, "/usr/local")));
	assert_false(keep_runtime_tree_builds(m.index, image_node(&m, "/opt")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(builds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
