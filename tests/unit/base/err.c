#include "unit.h"

#include <errno.h>

#include "base/err.h"

static void set_and_wrap(void **state)
{
	struct err e = {.sys = 1};
	assert_int_equal(err_set(&e, ERR_NOTFOUND, "tag-not-found", "no tag %s", "a"), -ERR_NOTFOUND);
	assert_int_equal(e.code, ERR_NOTFOUND);
	assert_int_equal(e.sys, 0);
	assert_int_equal(err_wrap(&e, "layout %d", 7), -ERR_NOTFOUND);
	assert_string_equal(e.msg, "layout 7: no tag a");
	assert_string_equal(e.id, "tag-not-found");
}

static void sys_one(int errnum, enum err_code want)
{
	struct err e = {0};
	assert_int_equal(err_sys(&e, errnum, "file-open", "open %s", "/a"), -(int)want);
	assert_int_equal(e.sys, errnum);
	assert_string_equal(e.id, "file-open");
	assert_non_null(strstr(e.msg, "open /a: "));
}

static void from_an_errno(void **state)
{
	sys_one(ENOENT, ERR_NOTFOUND);
	sys_one(EACCES, ERR_DENIED);
	sys_one(EPERM, ERR_DENIED);
	sys_one(EIO, ERR_SYS);
}

static void another_errors_id_goes_on(void **state)
{
	struct err inner = {0}, outer = {0};
	err_set(&inner, ERR_PROTO, "answer-not-http", "not HTTP");
	err_set(&outer, inner.code, inner.id, "%s; done already: %s", inner.msg, "a");
	assert_string_equal(outer.id, "answer-not-http");
	assert_string_equal(outer.msg, "not HTTP; done already: a");
}

static void long_texts_are_cut(void **state)
{
	struct err e = {0};
	char text[2000];
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	err_set(&e, ERR_LIMIT, text, "%s", text);
	assert_int_equal(strlen(e.id), sizeof(e.id) - 1);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
}

static void without_an_err(void **state)
{
	assert_int_equal(err_set(NULL, ERR_LIMIT, "too-many-layers", "x"), -ERR_LIMIT);
	assert_int_equal(err_sys(NULL, ENOENT, "file-open", "x"), -ERR_NOTFOUND);
	assert_int_equal(err_wrap(NULL, "x"), -ERR_SYS);
}

static void every_code_has_a_name(void **state)
{
	for (int i = 0; i < ERR_CODES; i++)
		for (int j = 0; j <= i; j++) {
			assert_non_null(err_code_name((enum err_code)i));
			assert_int_equal(strcmp(err_code_name((enum err_code)i), err_code_name((enum err_code)j)) == 0,
					 i == j);
		}
	assert_string_equal(err_code_name(ERR_DIFFERS), "differs");
	assert_string_equal(err_code_name(ERR_GATE), "gate");
	assert_string_equal(err_code_name((enum err_code)77), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(set_and_wrap),
	    cmocka_unit_test(from_an_errno),
	    cmocka_unit_test(another_errors_id_goes_on),
	    cmocka_unit_test(long_texts_are_cut),
	    cmocka_unit_test(without_an_err),
	    cmocka_unit_test(every_code_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
