#include "unit.h"

#include "verify/said.h"

static void words(void **state)
{
	CLEANUP_BUF struct buf said = {0};
	assert_false(verify_said_names(&said, "module"));
	buf_str(&said, "no module foobar.so in ab");
	assert_true(verify_said_names(&said, "module"));
	assert_true(verify_said_names(&said, "foobar.a"));
	assert_false(verify_said_names(&said, "foo"));
	assert_false(verify_said_names(&said, "bar"));
	assert_false(verify_said_names(&said, "ab"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
