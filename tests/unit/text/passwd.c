#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "text/passwd.h"

static void users(void **state)
{
	CLEANUP_FREE char *text = mem_strdup("root:x:0:0:root:/root:/bin/sh\n"
					     "\n \t \n"
					     "  app:x:1000:1001::/home/app \r\n"
					     "short:x:5:6\n"
					     "+\nhalf:x:1\nsigned:x:-1:0::/\nbig:x:2147483648:0::/\nhex:x:0x1:0::/\n"
					     "odd:x:7:8:a:/b:c:d:e");
	char *rest = text;
	struct passwd_entry e;
	assert_true(passwd_next(&rest, &e));
	assert_string_equal(e.name, "root");
	assert_string_equal(e.home, "/root");
	assert_int_equal(e.uid, 0);
	assert_true(passwd_next(&rest, &e));
	assert_string_equal(e.name, "app");
	assert_string_equal(e.home, "/home/app");
	assert_int_equal(e.uid, 1000);
	assert_int_equal(e.gid, 1001);
	assert_true(passwd_next(&rest, &e));
	assert_string_equal(e.name, "short");
	assert_string_equal(e.home, "");
	assert_true(passwd_next(&rest, &e));
	assert_string_equal(e.name, "odd");
	assert_string_equal(e.home, "/b");
	assert_false(passwd_next(&rest, &e));
	assert_false(passwd_next(&rest, &e));
}

static void groups(void **state)
{
	CLEANUP_FREE char *text = mem_strdup("root:x:0:\nfew:x:5\nno:x:\nmany:x:6:a,b,c\n");
	char *rest = text;
	struct passwd_group g;
	assert_true(passwd_next_group(&rest, &g));
	assert_string_equal(g.members, "");
	assert_true(passwd_next_group(&rest, &g));
	assert_string_equal(g.name, "few");
	assert_int_equal(g.gid, 5);
	assert_true(passwd_next_group(&rest, &g));
	assert_string_equal(g.name, "many");
	assert_string_equal(g.members, "a,b,c");
	assert_false(passwd_next_group(&rest, &g));
}

static void a_nul_does_not_end_the_text(void **state)
{
	char text[] = "a\0:x:1:1::/a\n\0\0\nb:x:2:2::/b\n", *rest = text;
	struct passwd_entry e;
	passwd_clean(text, sizeof(text) - 1);
	assert_true(passwd_next(&rest, &e));
	assert_string_equal(e.name, "a\1");
	assert_true(passwd_next(&rest, &e));
	assert_string_equal(e.name, "b");
	passwd_clean(NULL, 0);
	rest = NULL;
	assert_false(passwd_next(&rest, &e));
}

static void ids(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t id;
	} rows[] = {
	    {"0", true, 0},
	    {"0010", true, 10},
	    {"2147483647", true, 2147483647},
	    {"2147483648", false, 0},
	    {"", false, 0},
	    {"-1", false, 0},
	    {"+1", false, 0},
	    {" 1", false, 0},
	    {"1 ", false, 0},
	    {"1a", false, 0},
	    {"18446744073709551617", false, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t id = 0;
		assert_int_equal(passwd_parse_id(rows[i].text, &id), rows[i].good);
		assert_int_equal(id, rows[i].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(users),
	    cmocka_unit_test(groups),
	    cmocka_unit_test(a_nul_does_not_end_the_text),
	    cmocka_unit_test(ids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
