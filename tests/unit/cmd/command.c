#include "unit.h"

#include "base/mem.h"
#include "cmd/verbs/verbs.h"
#include "text/words.h"

#define ROWS_MAX 12 /* of a group: what a reader takes in at a glance */

/* Fails if another row of the verb has the name or the letter of this one. */
static void once(const struct command *c, const struct option_row *row)
{
	for (size_t k = 0; k < c->options.n; k++)
		for (size_t i = 0; i < c->options.parts[k].group->n; i++) {
			const struct option_row *other = &c->options.parts[k].group->rows[i];
			if (other == row)
				continue;
			if (row->name && other->name && strcmp(row->name, other->name) == 0)
				fail_msg("slim %s has --%s twice", c->name, row->name);
			if (row->letter && row->letter == other->letter)
				fail_msg("slim %s has -%c twice", c->name, row->letter);
		}
}

static void every_option_is_in_one_group(void **state)
{
	for (size_t v = 0; v < verbs_count; v++) {
		const struct option_table *t = &verbs_table[v]->options;
		for (size_t k = 0; k < t->n; k++) {
			const struct option_group *g = t->parts[k].group;
			assert_in_range(g->n, 1, ROWS_MAX);
			for (size_t i = 0; i < k; i++) {
				assert_ptr_not_equal(t->parts[i].group, g);
				assert_string_not_equal(t->parts[i].group->title, g->title);
			}
			for (size_t i = 0; i < g->n; i++) {
				once(verbs_table[v], &g->rows[i]);
				assert_in_range(t->parts[k].offset + g->rows[i].offset, 0,
						verbs_table[v]->options_size - 1);
				assert_non_null(g->rows[i].help);
			}
		}
	}
}

/* The option that a word of a command line names must be the verb's own. */
static void example_is_right(const struct command *c, const char *line)
{
	CLEANUP_STRLIST struct strlist words = {0};
	CLEANUP_STRLIST struct strlist args = {0};
	struct err err = {0};
	if (words_parse(line, "examples", &words, &err) < 0)
		fail_msg("%s: %s", line, err.msg);
	assert_true(words.count > 2);
	assert_string_equal(words.items[0], "slim");
	assert_string_equal(words.items[1], c->name);
	void *options = mem_alloc(c->options_size);
	if (c->defaults)
		c->defaults(options);
	if (option_parse(&c->options, (int)words.count - 1, words.items + 1, options, &args, &err) < 0)
		fail_msg("%s: %s", line, err.msg);
	assert_in_range(args.count, c->min_args, c->max_args);
	if (c->done)
		c->done(options);
	free(options);
}

static void every_verb_has_examples_that_parse(void **state)
{
	for (size_t v = 0; v < verbs_count; v++) {
		const char *const *pairs = verbs_table[v]->examples;
		assert_non_null(pairs);
		assert_non_null(pairs[0]);
		for (; *pairs; pairs += 2)
			example_is_right(verbs_table[v], pairs[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_option_is_in_one_group),
	    cmocka_unit_test(every_verb_has_examples_that_parse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
