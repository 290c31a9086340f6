#include "unit.h"

#include "base/buf.h"
#include "cmd/options/docker_run/env_file.h"

static void parse_one(const char *text, size_t n, const char *want)
{
	CLEANUP_STRLIST struct strlist got = {0};
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	int r = env_file_parse("file", text, n, &got, &err);
	for (size_t i = 0; i < got.count; i++)
		buf_printf(&b, "[%s]", got.items[i]);
	if (r < 0)
		assert_non_null(strstr(err.msg, want));
	else
		assert_string_equal(b.len ? b.data : "", want);
}
#define PARSE(text, want) parse_one(text, sizeof(text) - 1, want)

static void as_docker_reads_it(void **state)
{
	PARSE("", "");
	PARSE("A=1\nB=2", "[A=1][B=2]");
	PARSE("# no\n\n  # nor this\n\t A=1\n", "[A=1]");
	PARSE("A=\"1\" # yes\r\nB=\n", "[A=\"1\" # yes][B=]");
	PARSE("A= b = c \n", "[A= b = c ]");
	PARSE("HOME\nPATH \n", "[HOME][PATH]");
	PARSE("\xef\xbb\xbf"
	      "A=1\n",
	      "[A=1]");
	PARSE("A.b-c=1\n", "[A.b-c=1]");
}

static void mistakes(void **state)
{
	PARSE("A=1\nexport B=2\n", "line 2");
	PARSE("=1\n", "line 1");
	PARSE("A =1\n", "line 1");
	PARSE("A=1\0B=2\n", "zero byte");
	CLEANUP_STRLIST struct strlist got = {0};
	struct err err = {0};
	assert_int_equal(env_file_read("/nonexistent", &got, &err), -ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_docker_reads_it),
	    cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
