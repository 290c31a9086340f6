#include "keep/unproven/frozen.h"

#include "unit.h"

#include "image.h"

static void modules(void **state)
{
	static const struct {
		const char *path;
		bool want;
	} cases[] = {
	    {"/usr/lib/python3.11/io.py", true},
	    {"/usr/local/lib/python3.13/importlib/machinery.py", true},
	    {"/usr/lib/python3.11/importlib/abc.py", false},
	    {"/usr/lib/python3.11/json/io.py", false},
	    {"/usr/lib/python3.11/ast.py", false},
	    {"/usr/lib/python3.9/io.py", false},
	    {"/usr/lib/python3/io.py", false},
	    {"/app/io.py", false},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		image_file(&m, cases[i].path + 1, "x");
	image_index(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (keep_unproven_is_frozen(m.index, image_node(&m, cases[i].path)) != cases[i].want)
			fail_msg("%s", cases[i].path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(modules)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
