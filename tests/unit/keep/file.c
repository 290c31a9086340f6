#include "unit.h"

#include "image.h"
#include "keep/file.h"

struct fixture {
	struct test_image m;
	struct keep_set k;
};

static void fixture_init(struct fixture *f)
{
	image_init(&f->m);
	image_program(&f->m, "run.py", "#!/usr/bin/env python3.11\nprint()\n");
	image_program(&f->m, "hook.sample", "#!/bin/sh\n");
	image_file(&f->m, ".sh", "no script");
	image_index(&f->m);
	keep_set_init(&f->k, f->m.index, NULL, KEEP_EXACT);
}

static void fixture_done(struct fixture *f)
{
	keep_set_done(&f->k);
	image_done(&f->m);
}

static void names_and_interpreters(void **state)
{
	static const struct {
		const char *path, *ending, *program;
		bool ends, runs;
	} cases[] = {
	    {"/run.py", ".py", "python", true, true},       {"/run.py", ".p", "env", false, true},
	    {"/run.py", "run.py", "ython", false, false}, /* nothing before it; the middle of a word */
	    {"/hook.sample", ".sample", "sh", true, false}, {"/.sh", ".sh", "sh", false, false},
	};
	struct fixture f;
	fixture_init(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_KEEP_FILE struct keep_file file;
		assert_int_equal(keep_file_open(&file, &f.k, image_node(&f.m, cases[i].path), NULL), 0);
		assert_int_equal(keep_file_ends(&file, cases[i].ending), cases[i].ends);
		assert_int_equal(keep_file_runs_by(&file, cases[i].program), cases[i].runs);
	}
	fixture_done(&f);
}

static void content(void **state)
{
	struct fixture f;
	CLEANUP_KEEP_FILE struct keep_file file;
	CLEANUP_BUF struct buf part = {0}, all = {0};
	fixture_init(&f);
	assert_int_equal(keep_file_open(&file, &f.k, image_node(&f.m, "/.sh"), NULL), 0);
	assert_int_equal(file.n, 9);
	assert_memory_equal(file.head, "no script", 9);
	keep_file_bytes(&file, 2, &part);
	assert_string_equal(part.data, "no");
	keep_file_bytes(&file, 100, &all);
	assert_string_equal(all.data, "no script");
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_and_interpreters), cmocka_unit_test(content)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
