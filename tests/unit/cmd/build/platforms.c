#include "unit.h"

#include "cmd/build/platforms.h"

static int parse(struct build_flags *f, struct build_platforms *p, struct err *e)
{
	*p = (struct build_platforms){0};
	return build_platforms_parse(f, p, e);
}

static void one_platform_is_left_to_others(void **state)
{
	struct build_flags f = {.container.platform = "linux/arm64"};
	struct build_platforms p;
	assert_int_equal(parse(&f, &p, NULL), 0);
	assert_false(p.several);
	assert_null(f.several);
	assert_string_equal(f.container.platform, "linux/arm64");
	build_platforms_done(&p);
}

static void lists(void **state)
{
	static const struct {
		const char *text, *id;
		size_t n;
	} cases[] = {
	    {"all", NULL, 0},
	    {"linux/amd64,linux/arm64", NULL, 2},
	    {"linux/amd64,linux/arm/v7,arm64", NULL, 3},
	    {"linux/amd64,", "platform-malformed", 0},
	    {",", "platform-malformed", 0},
	    {"linux/amd64,all", "option-value-invalid", 0},
	    {"linux/amd64,UPPER/CASE", "platform-malformed", 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct build_flags f = {.container.platform = cases[i].text};
		struct build_platforms p;
		struct err e = {0};
		assert_int_equal(parse(&f, &p, &e), cases[i].id ? -ERR_INVAL : 0);
		if (cases[i].id) {
			assert_string_equal(e.id, cases[i].id);
		} else {
			assert_true(p.several);
			assert_null(f.container.platform);
			assert_string_equal(f.several, cases[i].text);
			assert_int_equal(p.options.n_wanted, cases[i].n);
		}
		build_platforms_done(&p);
	}
}

static void traces(void **state)
{
	struct build_flags f = {.container.platform = "all", .others = "keep"};
	struct build_platforms p;
	char text[OCI_PLATFORM_TEXT];
	strlist_add(&f.traces, "linux/arm/v7=a=b.json");
	strlist_add(&f.traces, "./linux/arm64=c.json");
	strlist_add(&f.traces, "attached");
	assert_int_equal(parse(&f, &p, NULL), 0);
	assert_true(p.options.keep_others);
	assert_int_equal(p.options.n_traces, 3);
	assert_true(p.traces[0].named);
	assert_string_equal(oci_platform_text(&p.traces[0].platform, text), "linux/arm/v7");
	assert_string_equal(p.traces[0].file, "a=b.json");
	assert_false(p.traces[1].named);
	assert_string_equal(p.traces[1].file, "./linux/arm64=c.json");
	assert_string_equal(p.files.items[0], "a=b.json");
	build_platforms_done(&p);
	strlist_done(&f.traces);
}

static void traces_of_one_platform(void **state)
{
	struct build_flags f = {.container.platform = "linux/arm64"};
	struct build_platforms p;
	struct err e = {0};
	strlist_add(&f.traces, "linux/arm64/v8=a.json");
	assert_int_equal(parse(&f, &p, &e), 0);
	assert_string_equal(p.files.items[0], "a.json");
	build_platforms_done(&p);
	f.container.platform = "linux/s390x";
	assert_int_equal(parse(&f, &p, &e), -ERR_INVAL);
	assert_string_equal(e.id, "trace-platform-not-built");
	build_platforms_done(&p);
	strlist_done(&f.traces);
}

static void options_that_do_not_go_together(void **state)
{
	struct build_flags f = {.others = "keep"};
	struct build_platforms p;
	struct err e = {0};
	assert_int_equal(parse(&f, &p, &e), -ERR_INVAL);
	assert_string_equal(e.id, "option-needs-partner");
	build_platforms_done(&p);
	struct build_flags several = {.several = "all", .report = "r.json", .html = "p.html"};
	assert_int_equal(build_platforms_check(&several, false, &e), 0);
	assert_int_equal(build_platforms_check(&several, true, &e), -ERR_INVAL);
	several.report = "-";
	assert_int_equal(build_platforms_check(&several, false, &e), -ERR_INVAL);
	several.report = NULL;
	several.html = "-";
	assert_int_equal(build_platforms_check(&several, false, &e), -ERR_INVAL);
	several.several = NULL;
	assert_int_equal(build_platforms_check(&several, true, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_platform_is_left_to_others),
	    cmocka_unit_test(lists),
	    cmocka_unit_test(traces),
	    cmocka_unit_test(traces_of_one_platform),
	    cmocka_unit_test(options_that_do_not_go_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
