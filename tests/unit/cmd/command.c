#include "unit.h"

#include "cmd/command.h"

#define ROWS_MAX 12 /* of a group: what a reader takes in at a glance */

static const struct command *const commands[] = {&command_build,   &command_cache,  &command_diff,
						 &command_inspect, &command_init,   &command_record,
						 &command_trace,   &command_verify, &command_why};

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
	for (size_t v = 0; v < sizeof(commands) / sizeof(commands[0]); v++) {
		const struct option_table *t = &commands[v]->options;
		for (size_t k = 0; k < t->n; k++) {
			const struct option_group *g = t->parts[k].group;
			assert_in_range(g->n, 1, ROWS_MAX);
			for (size_t i = 0; i < k; i++) {
				assert_ptr_not_equal(t->parts[i].group, g);
				assert_string_not_equal(t->parts[i].group->title, g->title);
			}
			for (size_t i = 0; i < g->n; i++) {
				once(commands[v], &g->rows[i]);
				assert_in_range(t->parts[k].offset + g->rows[i].offset, 0,
						commands[v]->options_size - 1);
				assert_non_null(g->rows[i].help);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_option_is_in_one_group),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
