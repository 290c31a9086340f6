#include "unit.h"

#include "inspect/sample.h"

/* "PATH LAYER+LAYER~LAYER-": + added, ~ changed, - removed, = after a change of attributes only. */
static char *show(const struct inspect_history *h)
{
	struct buf b = {0};
	for (size_t i = 0; i < h->n_paths; i++) {
		if (!h->paths[i].n)
			continue;
		buf_printf(&b, "%s ", h->paths[i].path);
		for (size_t j = 0; j < h->paths[i].n; j++) {
			const struct inspect_version *v = &h->versions[h->paths[i].first + j];
			buf_printf(&b, "%u%c%s", v->layer + 1, "+~-"[v->change], v -> same_content ? "=" : "");
		}
		buf_char(&b, '\n');
	}
	return buf_steal(&b);
}

struct sizes {
	uint64_t total, final, minimum, repeated;
};

static void check(const char *const *layers, const char *expected, struct sizes s)
{
	CLEANUP_INSPECT_LISTS struct inspect_lists lists;
	CLEANUP_INSPECT_HISTORY struct inspect_history h = {0};
	sample_lists(layers, NULL, &lists);
	sample_history(&lists, &h);
	CLEANUP_FREE char *text = show(&h);
	assert_string_equal(text, expected);
	assert_int_equal(h.total, s.total);
	assert_int_equal(h.final, s.final);
	assert_int_equal(h.minimum, s.minimum);
	assert_int_equal(h.repeated, s.repeated);
}

static void a_file_is_changed_and_removed(void **state)
{
	static const char *const layers[] = {
	    "f a 644 0:0 1 1234\nf b 644 0:0 1 12\nf c 644 0:0 1 1\n",
	    "f a 644 0:0 1 123456\nf .wh.b 0 0:0 1\nf c 600 0:0 1 1\n",
	    "f .wh.c 0 0:0 1\nf .wh.never 0 0:0 1\n",
	    NULL,
	};
	check(layers, "/a 1+2~\n/b 1+2-\n/c 1+2~=3-\n", (struct sizes){14, 6, 4, 14});
}

static void a_directory_that_is_listed_again_is_no_change(void **state)
{
	static const char *const layers[] = {
	    "d d 755 0:0 1\nd e 755 0:0 1\n",
	    "d d 755 0:0 9\nf d/x 644 0:0 1 1\nd e 700 0:0 1\n",
	    NULL,
	};
	check(layers, "/d 1+\n/d/x 2+\n/e 1+2~\n", (struct sizes){1, 1, 1, 0});
}

static void a_whiteout_removes_the_whole_directory(void **state)
{
	static const char *const layers[] = {
	    "d d 755 0:0 1\nf d/a 644 0:0 1 12\nd d/e 755 0:0 1\nf d/e/f 644 0:0 1 123\nf d! 644 0:0 1 1\n",
	    "f .wh.d 0 0:0 1\n",
	    NULL,
	};
	check(layers, "/d 1+2-\n/d/a 1+2-\n/d/e 1+2-\n/d/e/f 1+2-\n/d! 1+\n", (struct sizes){6, 1, 1, 5});
}

static void an_opaque_directory_keeps_what_its_layer_has(void **state)
{
	static const char *const layers[] = {
	    "d d 755 0:0 1\nf d/a 644 0:0 1 12\nf d/b 644 0:0 1 123\n",
	    "d d 755 0:0 1\nf d/.wh..wh..opq 0 0:0 1\nf d/b 644 0:0 1 1234\n",
	    NULL,
	};
	check(layers, "/d 1+\n/d/a 1+2-\n/d/b 1+2~\n", (struct sizes){9, 4, 3, 9});
}

static void a_file_in_place_of_a_directory_removes_its_content(void **state)
{
	static const char *const layers[] = {
	    "d d 755 0:0 1\nf d/a 644 0:0 1 12\n",
	    "f d 644 0:0 1 x\n",
	    "f .wh.d 0 0:0 1\nd d 755 0:0 1\nf d/a 644 0:0 1 123\n",
	    NULL,
	};
	check(layers, "/d 1+2~3~\n/d/a 1+2-3+\n", (struct sizes){6, 3, 0, 6});
}

static void sums_of_a_layer(void **state)
{
	static const char *const layers[] = {
	    "d d 755 0:0 1\nf d/a 644 0:0 1 12\nf b 644 0:0 1 123\nl c 777 0:0 1 b\n",
	    "f b 644 0:0 1 1234\nf .wh.d 0 0:0 1\nf n 644 0:0 1 12345\nh m 644 0:0 1 n\n",
	    NULL,
	};
	static const struct inspect_sum expected[2][INSPECT_CHANGES] = {{{3, 5}, {0, 0}, {0, 0}},
									{{2, 5}, {1, 4}, {1, 2}}};
	CLEANUP_INSPECT_LISTS struct inspect_lists lists;
	CLEANUP_INSPECT_HISTORY struct inspect_history h = {0};
	sample_lists(layers, NULL, &lists);
	sample_history(&lists, &h);
	for (size_t i = 0; i < 2; i++)
		for (size_t c = 0; c < INSPECT_CHANGES; c++) {
			assert_int_equal(h.layers[i][c].paths, expected[i][c].paths);
			assert_int_equal(h.layers[i][c].bytes, expected[i][c].bytes);
		}
	/* b: 3 of 3 + 4; d/a: 0 of 2; n: 5 of 5 */
	assert_true(inspect_history_efficiency(&h) == 8.0 / 14);
}

static void finds_paths(void **state)
{
	static const char *const layers[] = {"d d 755 0:0 1\nf d/a 644 0:0 1 12\nf d! 644 0:0 1 1\n",
					     "f .wh.d 0 0:0 1\n", NULL};
	CLEANUP_INSPECT_LISTS struct inspect_lists lists;
	CLEANUP_INSPECT_HISTORY struct inspect_history h = {0};
	sample_lists(layers, NULL, &lists);
	sample_history(&lists, &h);
	assert_int_equal(inspect_history_find(&h, "/d/a"), 1);
	assert_null(inspect_history_final(&h, 1));
	assert_int_equal(inspect_history_final(&h, inspect_history_find(&h, "/d!"))->layer, 0);
	assert_true(inspect_history_find(&h, "/e") == SIZE_MAX);
}

static void an_image_without_files(void **state)
{
	static const char *const layers[] = {"", NULL};
	check(layers, "", (struct sizes){0, 0, 0, 0});
	assert_true(inspect_history_efficiency(&(struct inspect_history){0}) == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_changed_and_removed),
	    cmocka_unit_test(a_directory_that_is_listed_again_is_no_change),
	    cmocka_unit_test(a_whiteout_removes_the_whole_directory),
	    cmocka_unit_test(an_opaque_directory_keeps_what_its_layer_has),
	    cmocka_unit_test(a_file_in_place_of_a_directory_removes_its_content),
	    cmocka_unit_test(sums_of_a_layer),
	    cmocka_unit_test(finds_paths),
	    cmocka_unit_test(an_image_without_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
