#include "unit.h"

#include "cmd/options/container_flags.h"

struct flags {
	struct container_flags container;
};
static const struct option_part parts[] = {CONTAINER_PARTS(struct flags, container)};
static const struct option_table table = OPTION_TABLE(parts);

/* The drivers of a command line, a blank between two: "exec:TEXT", "http". */
static int drivers_of(const char *const *words, struct buf *out, struct err *err)
{
	struct flags f = {0};
	struct drivers d = {0};
	CLEANUP_STRLIST struct strlist args = {0}, line = {0};
	strlist_add(&line, "verb");
	for (; *words; words++)
		strlist_add(&line, *words);
	container_flags_init(&f.container);
	int r = option_parse(&table, (int)line.count, line.items, &f, &args, err);
	if (r == 0)
		r = drivers_init(&d, &f.container.given, err);
	for (size_t i = 0; i < d.count; i++) {
		bool text = d.items[i].kind != EXERCISE_HTTP;
		buf_printf(out, "%s%s%s%s", i ? " " : "", exercise_kind_name(d.items[i].kind), text ? ":" : "",
			   text ? d.items[i].text : "");
	}
	drivers_done(&d);
	container_flags_done(&f.container);
	return r;
}

static void drivers_one(const char *const *words, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	assert_int_equal(drivers_of(words, &got, NULL), 0);
	assert_string_equal(got.len ? got.data : "", want);
}
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void they_stay_in_order(void **state)
{
	drivers_one(WORDS("--quiet"), "");
	drivers_one(WORDS("--exec=a", "--host-exec", "b", "--exec", "c"), "exec:a host-exec:b exec:c");
	drivers_one(WORDS("--exec=a", "--http-probe-cmd=/x", "--exec=b", "--http-probe-cmd=/y"), "exec:a http exec:b");
	drivers_one(WORDS("--exec=a", "--http-probe", "--signal=HUP"), "exec:a http signal:HUP");
	drivers_one(WORDS("--exec=a", "--http-probe=false"), "exec:a");
	drivers_one(WORDS("--exec=a", "--http-probe=1"), "exec:a http");
	drivers_one(WORDS("--http-probe-ports=80", "--exec=a"), "exec:a");
}

static void signals_are_checked(void **state)
{
	CLEANUP_BUF struct buf got = {0};
	struct err err = {0};
	assert_int_equal(drivers_of(WORDS("--signal=USR1", "--signal=FOO"), &got, &err), -ERR_INVAL);
	assert_non_null(strstr(err.msg, "FOO"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(they_stay_in_order),
	    cmocka_unit_test(signals_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
