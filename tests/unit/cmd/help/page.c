#include "unit.h"

#include "cmd/help/page.h"
#include "cmd/verbs/verbs.h"

struct flags {
	bool verbose, probe;
	const char *output;
	struct strlist env, rest;
	struct option_given_list given;
};
#define AT(member) offsetof(struct flags, member)

static const struct option_row rows[] = {
    {NULL, 0, OPTION_GIVEN, AT(given), NULL, NULL},
    {"verbose", 'v', OPTION_FLAG, AT(verbose), NULL, "describe each step", OPTION_COMMON},
    {"http-probe", 0, OPTION_BOOL, AT(probe), "BOOL", "request / (default: true)"},
    {"an-option-of-a-long-name", 0, OPTION_STRING, AT(output), "REF", "write it"},
};
static const struct option_row more_rows[] = {
    {"env", 'e', OPTION_LIST, AT(env), "NAME=VALUE",
     "set a variable of the environment in the container, which the image may have set to another value"},
    {NULL, 0, OPTION_REST, AT(rest), "CMD...", "run this command"},
};
static const struct option_group group = OPTION_GROUP("Things", rows), more_group = OPTION_GROUP("More", more_rows);
/* more than 20 options, so that the short page leaves some out */
static const struct option_part few[] = {{&group, 0}, {&more_group, 0}},
				many[] = {{&group, 0},      {&more_group, 0}, {&more_group, 0}, {&more_group, 0},
					  {&more_group, 0}, {&more_group, 0}, {&more_group, 0}, {&more_group, 0},
					  {&more_group, 0}, {&more_group, 0}};
static const char *const examples[] = {"Do it.", "slim do this", NULL};
static const struct command verb = {.name = "do",
				    .args = "THIS | --file FILE",
				    .summary = "Do something",
				    .examples = examples,
				    .options = OPTION_TABLE(few)},
			    large = {
				.name = "do", .args = "THIS", .summary = "Do something", .options = OPTION_TABLE(many)};

static void a_page_is_by_group(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	page_verb(&verb, false, &(struct page_style){.width = 80}, &b);
	assert_string_equal(b.data, "Usage: slim do THIS [OPTIONS]\n"
				    "       slim do --file FILE [OPTIONS]\n"
				    "\n"
				    "Do something.\n"
				    "\n"
				    "Things:\n"
				    "  -v, --verbose               describe each step\n"
				    "      --http-probe=BOOL       request / (default: true)\n"
				    "      --an-option-of-a-long-name REF\n"
				    "                              write it\n"
				    "\n"
				    "More:\n"
				    "  -e, --env NAME=VALUE        set a variable of the environment in the\n"
				    "                              container, which the image may have set to another\n"
				    "                              value (repeatable)\n"
				    "      -- CMD...               run this command\n"
				    "\n"
				    "Examples:\n"
				    "  # Do it.\n"
				    "  slim do this\n"
				    "\n"
				    "The man page is slim-do(1).\n");
}

static void the_short_page_has_what_is_common(void **state)
{
	CLEANUP_BUF struct buf b = {0}, all = {0};
	page_verb(&large, false, &(struct page_style){.width = 80}, &b);
	assert_string_equal(b.data, "Usage: slim do THIS [OPTIONS]\n"
				    "\n"
				    "Do something.\n"
				    "\n"
				    "Things:\n"
				    "  -v, --verbose               describe each step\n"
				    "\n"
				    "These are the common options. slim do --help=all shows all 21.\n");
	page_verb(&large, true, &(struct page_style){.width = 80}, &all);
	assert_non_null(strstr(all.data, "\n      --http-probe=BOOL "));
	assert_null(strstr(all.data, "common"));
}

static void headings_and_names_are_bold(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	page_verb(&verb, false, &(struct page_style){.width = 100, .bold = true}, &b);
	assert_non_null(
	    strstr(b.data, "\n\033[1mThings:\033[0m\n  \033[1m-v, --verbose\033[0m               describe"));
	assert_non_null(strstr(b.data, "which the image\n"));
}

/* The longest line, in bytes. */
static size_t longest(const char *text)
{
	size_t most = 0;
	for (size_t n; *text; text += n + (text[n] == '\n'))
		if ((n = strcspn(text, "\n")) > most && text[2] != '#' && strncmp(text, "  slim", 6) != 0)
			most = n;
	return most;
}

static void every_page_fits(void **state)
{
	static const unsigned widths[] = {80, 100};
	for (size_t w = 0; w < 2; w++) {
		CLEANUP_BUF struct buf b = {0};
		const struct page_style style = {.width = widths[w]};
		page_program(&style, &b);
		for (size_t i = 0; i < verbs_count; i++)
			page_verb(verbs_table[i], true, &style, &b);
		assert_in_range(longest(b.data), 60, widths[w]);
	}
}

/* A reader takes in as much; the rest is a page away. */
static void every_short_page_is_short(void **state)
{
	for (size_t i = 0; i < verbs_count; i++) {
		size_t lines = 0;
		CLEANUP_BUF struct buf b = {0};
		page_verb(verbs_table[i], false, &(struct page_style){.width = 80}, &b);
		for (const char *p = b.data; (p = strchr(p, '\n')); p++)
			lines++;
		if (lines > 100)
			fail_msg("slim %s --help has %zu lines", verbs_table[i]->name, lines);
	}
}

static void a_file_is_no_terminal(void **state)
{
	const struct page_style style = page_style_of(-1);
	assert_int_equal(style.width, 80);
	assert_false(style.bold);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_page_is_by_group),          cmocka_unit_test(the_short_page_has_what_is_common),
	    cmocka_unit_test(headings_and_names_are_bold), cmocka_unit_test(every_page_fits),
	    cmocka_unit_test(every_short_page_is_short),   cmocka_unit_test(a_file_is_no_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
