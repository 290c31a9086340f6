#include "unit.h"

#include "cmd/options/ci/lock_flags.h"

static void parse_one(struct lock_flags f, const char *id)
{
	struct ci_lock_options o;
	struct err e = {0};
	int r = lock_flags_parse(&f, &o, &e);
	assert_int_equal(r, -(int)e.code);
	assert_string_equal(e.id, id);
	assert_true(r < 0 || (o.file == f.file && o.check == f.check && o.update == f.update));
}

static void parse(void **state)
{
	parse_one((struct lock_flags){0}, "");
	parse_one((struct lock_flags){.file = "f"}, "");
	parse_one((struct lock_flags){.file = "f", .check = true}, "");
	parse_one((struct lock_flags){.file = "f", .update = true}, "");
	parse_one((struct lock_flags){.file = "f", .check = true, .update = true}, "option-conflict");
	parse_one((struct lock_flags){.check = true}, "option-conflict");
	parse_one((struct lock_flags){.update = true}, "option-conflict");
	parse_one((struct lock_flags){.file = ""}, "option-value-invalid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(parse)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
