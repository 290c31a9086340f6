#include "unit.h"

#include "cmd/options/option.h"

struct flags {
	bool verbose, probe;
	const char *output;
	struct strlist env;
	unsigned timeout;
};

static const struct option_row rows[] = {
    {"verbose", 'v', OPTION_FLAG, offsetof(struct flags, verbose), NULL, ""},
    {"http-probe", 0, OPTION_BOOL, offsetof(struct flags, probe), "BOOL", ""},
    {"output", 'o', OPTION_STRING, offsetof(struct flags, output), "REF", ""},
    {"env", 'e', OPTION_LIST, offsetof(struct flags, env), "NAME=VALUE", ""},
    {"ready-timeout", 0, OPTION_SECONDS, offsetof(struct flags, timeout), "SECONDS", ""},
};

static const struct option_group group = OPTION_GROUP("Things", rows);
static const struct option_part parts[] = {{&group, 0}};
static const struct option_table table = OPTION_TABLE(parts);

/* words: the verb first, NULL-terminated; option_parse does not write to them. */
static int parse(struct flags *f, struct strlist *args, struct err *err, const char *const *words)
{
	int n = 0;
	while (words[n])
		n++;
	return option_parse(&table, n, (char **)(void *)words, f, args, err);
}

static void every_kind_is_parsed(void **state)
{
	struct flags f = {.probe = true};
	CLEANUP_STRLIST struct strlist args = {0};
	assert_int_equal(parse(&f, &args, NULL,
			       (const char *const[]){"verb", "-v", "src", "--http-probe=false", "-o", "oci:x", "-eA=1",
						     "--env", "B=2", "--ready-timeout=5", "--", "--env", NULL}),
			 0);
	assert_true(f.verbose);
	assert_false(f.probe);
	assert_string_equal(f.output, "oci:x");
	assert_int_equal(f.env.count, 2);
	assert_string_equal(f.env.items[0], "A=1");
	assert_string_equal(f.env.items[1], "B=2");
	assert_int_equal(f.timeout, 5);
	assert_int_equal(args.count, 2);
	assert_string_equal(args.items[0], "src");
	assert_string_equal(args.items[1], "--env");
	strlist_done(&f.env);
}

static void variables_are_blanked(void **state)
{
	static const struct option_row secret[] = {
	    {"env", 'e', OPTION_ENV, offsetof(struct flags, env), "NAME=VALUE", ""}};
	static const struct option_group secret_group = OPTION_GROUP("Secret", secret);
	static const struct option_part secret_parts[] = {{&secret_group, 0}};
	static const struct option_table secret_table = OPTION_TABLE(secret_parts);
	char one[] = "-eA=hush=", two[] = "--env=B=hush", name[] = "C", letter[] = "-e", verb[] = "verb";
	char *words[] = {verb, one, two, letter, name, NULL};
	struct flags f = {0};
	CLEANUP_STRLIST struct strlist args = {0};
	assert_int_equal(option_parse(&secret_table, 5, words, &f, &args, NULL), 0);
	assert_string_equal(one, "-eA=");
	assert_int_equal(one[5], '\0'); /* all of it */
	assert_string_equal(two, "--env=B=");
	assert_string_equal(name, "C");
	assert_string_equal(f.env.items[0], "A=hush=");
	assert_string_equal(f.env.items[1], "B=hush");
	assert_string_equal(f.env.items[2], "C");
	strlist_done(&f.env);
}

static void secrets_are_blanked(void **state)
{
	static const struct option_row secret[] = {
	    {"auth", 0, OPTION_SECRETS, offsetof(struct flags, env), "VALUE", ""}};
	static const struct option_group secret_group = OPTION_GROUP("Secret", secret);
	static const struct option_part secret_parts[] = {{&secret_group, 0}};
	static const struct option_table secret_table = OPTION_TABLE(secret_parts);
	char one[] = "--auth=key=hush", two[] = "--auth", value[] = "hush", verb[] = "verb";
	char *words[] = {verb, one, two, value, NULL};
	struct flags f = {0};
	CLEANUP_STRLIST struct strlist args = {0};
	assert_int_equal(option_parse(&secret_table, 4, words, &f, &args, NULL), 0);
	assert_string_equal(one, "--auth=");
	assert_string_equal(value, "");
	assert_string_equal(f.env.items[0], "key=hush");
	assert_string_equal(f.env.items[1], "hush");
	strlist_done(&f.env);
}

static void what_follows_the_dashes_has_a_place(void **state)
{
	static const struct option_row rest[] = {
	    {"verbose", 'v', OPTION_FLAG, offsetof(struct flags, verbose), NULL, ""},
	    {NULL, 0, OPTION_REST, offsetof(struct flags, env), "CMD...", ""},
	};
	static const struct option_group rest_group = OPTION_GROUP("Rest", rest);
	static const struct option_part rest_parts[] = {{&rest_group, 0}};
	static const struct option_table t = OPTION_TABLE(rest_parts);
	struct flags f = {0};
	CLEANUP_STRLIST struct strlist args = {0};
	static const char *const words[] = {"verb", "src", "--", "-v", "--", "x"};
	struct err err = {0};
	assert_int_equal(option_parse(&t, 6, (char **)(void *)words, &f, &args, &err), 0);
	assert_false(f.verbose);
	assert_int_equal(args.count, 1);
	assert_int_equal(f.env.count, 3);
	assert_string_equal(f.env.items[0], "-v");
	assert_string_equal(f.env.items[1], "--");
	static const char *const bad[] = {"verb", "--=x"};
	assert_int_equal(option_parse(&t, 2, (char **)(void *)bad, &f, &args, &err), -ERR_INVAL);
	strlist_done(&f.env);
}

static void the_order_is_kept(void **state)
{
	struct given_flags {
		struct option_given_list given;
		bool verbose;
		const char *output;
	};
	static const struct option_row given[] = {
	    {NULL, 0, OPTION_GIVEN, offsetof(struct given_flags, given), NULL, NULL},
	    {"verbose", 'v', OPTION_FLAG, offsetof(struct given_flags, verbose), NULL, "more"},
	    {"output", 'o', OPTION_STRING, offsetof(struct given_flags, output), "REF", ""},
	};
	static const struct option_group given_group = OPTION_GROUP("Given", given);
	static const struct option_part given_parts[] = {{&given_group, 0}};
	static const struct option_table t = OPTION_TABLE(given_parts);
	static const char *const words[] = {"verb", "-o", "a", "x", "-v", "--output=b", "--", "-v"};
	struct given_flags f = {0};
	CLEANUP_STRLIST struct strlist args = {0};
	assert_int_equal(option_parse(&t, 8, (char **)(void *)words, &f, &args, NULL), 0);
	assert_int_equal(f.given.count, 3);
	assert_ptr_equal(f.given.items[0].row, &given[2]);
	assert_string_equal(f.given.items[0].value, "a");
	assert_ptr_equal(f.given.items[1].row, &given[1]);
	assert_null(f.given.items[1].value);
	assert_string_equal(f.given.items[2].value, "b");
	option_given_done(&f.given);
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *arg, *message;
	} cases[] = {
	    {"--outptu=x", "unknown option --outptu; did you mean --output?"},
	    {"--zzzzzz", "unknown option --zzzzzz; see --help"},
	    {"--output", "--output needs a value: REF"},
	    {"--verbose=1", "--verbose takes no value"},
	    {"--http-probe=maybe", "--http-probe takes true or false, not \"maybe\""},
	    {"--ready-timeout=-1", "--ready-timeout takes a number of seconds up to 86400, not \"-1\""},
	    {"--ready-timeout=9x", "--ready-timeout takes a number of seconds up to 86400, not \"9x\""},
	    {"-z", "unknown option -z; see --help"},
	    {"-vo", "unknown option -vo; see --help"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flags f = {0};
		struct err err = {0};
		CLEANUP_STRLIST struct strlist args = {0};
		assert_int_equal(parse(&f, &args, &err, (const char *const[]){"verb", cases[i].arg, NULL}), -ERR_INVAL);
		assert_string_equal(err.msg, cases[i].message);
	}
}

/* Two groups, the second one's struct inside of the options struct. */
struct nested {
	bool first;
	struct flags inner;
};
static const struct option_row outer_rows[] = {
    {"first", 'f', OPTION_FLAG, offsetof(struct nested, first), NULL, "the first one"},
};
static const struct option_group outer_group = OPTION_GROUP("Outer", outer_rows);
static const struct option_part nested_parts[] = {{&outer_group, 0}, {&group, offsetof(struct nested, inner)}};
static const struct option_table nested_table = OPTION_TABLE(nested_parts);

static void each_group_fills_its_own_struct(void **state)
{
	struct nested n = {0};
	CLEANUP_STRLIST struct strlist args = {0};
	static const char *const words[] = {"verb", "-f", "--ready-timeout=7", "-ox", "--verbose"};
	assert_int_equal(option_parse(&nested_table, 5, (char **)(void *)words, &n, &args, NULL), 0);
	assert_true(n.first);
	assert_true(n.inner.verbose);
	assert_int_equal(n.inner.timeout, 7);
	assert_string_equal(n.inner.output, "x");
	assert_null(option_find(&nested_table, "verbos", 6));
	assert_ptr_equal(option_find(&nested_table, "verbose", 7), &rows[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_is_parsed),
	    cmocka_unit_test(variables_are_blanked),
	    cmocka_unit_test(secrets_are_blanked),
	    cmocka_unit_test(what_follows_the_dashes_has_a_place),
	    cmocka_unit_test(the_order_is_kept),
	    cmocka_unit_test(mistakes_are_named),
	    cmocka_unit_test(each_group_fills_its_own_struct),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
