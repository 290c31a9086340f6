#include "unit.h"

#include "inspect/sample.h"
#include "view/tree_of_diff.h"

static const char *const first[] = {
    "d . 755 0:0 1\nd etc 755 0:0 1\nf etc/same 644 0:0 1 12\nf etc/content 644 0:0 1 123\nf etc/mode 644 0:0 1 1\n"
    "f etc/owner 644 0:0 1 1\nf etc/all 644 0:0 1 1\nf etc/kind 644 0:0 1 1234\nf gone/x 644 0:0 1 12345\n"
    "l link 777 0:0 1 a\nf one 644 0:0 1 1234567\nh two 644 0:0 1 one\n",
    NULL,
};
static const char *const second[] = {
    "d . 755 0:0 1\nd etc 700 0:0 1\nf etc/same 644 0:0 9 12\nf etc/content 644 0:0 1 321\nf etc/mode 600 0:0 1 1\n"
    "f etc/owner 644 7:0 1 1\nf etc/all 600 7:7 1 2222\nd etc/kind 755 0:0 1\nl link 777 0:0 1 b\n"
    "f two 644 0:0 1 1234567\nh one 644 0:0 1 two\n",
    "f new/y 644 0:0 1 123456\n",
    NULL,
};

/* "PATH STATE BEFORE:AFTER LAYER (REASON)"; a directory ends with "/". */
static char *show(const struct view_tree *t)
{
	struct buf b = {0};
	for (size_t i = 0; i < t->count; i++) {
		const struct view_node *n = &t->nodes[i];
		buf_printf(&b, "%s%s %c %llu:%llu", n->path, n->kind == VIEW_DIRECTORY && i ? "/" : "",
			   "krac"[n->state], (unsigned long long)n -> bytes_before,
			   (unsigned long long)n -> bytes_after);
		if (n->layer != UINT16_MAX)
			buf_printf(&b, " %u", n->layer + 1);
		if (n->why != VIEW_NONE)
			buf_printf(&b, " (%s)", strset_get(&t->reasons, n->why));
		buf_char(&b, '\n');
	}
	return buf_steal(&b);
}

static void says_what_changed(void **state)
{
	const char *const *layers[] = {first, second};
	struct inspect_lists lists[2];
	struct inspect_history histories[2];
	struct view_inspected sides[2];
	for (int i = 0; i < 2; i++) {
		sample_lists(layers[i], NULL, &lists[i]);
		sample_history(&lists[i], &histories[i]);
		sides[i] = (struct view_inspected){.history = &histories[i]};
	}
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	assert_int_equal(view_tree_of_diff(sides, &t, NULL), 0);
	CLEANUP_FREE char *found = show(&t);
	assert_string_equal(found, "/ k 20:24 1\n"
				   "/etc/ k 8:11 1 (its mode changed)\n"
				   "/etc/all c 1:4 1 (its content and mode and owner changed)\n"
				   "/etc/content c 3:3 1 (its content changed)\n"
				   "/etc/kind/ k 0:0 1 (its kind changed)\n"
				   "/etc/mode c 1:1 1 (its mode changed)\n"
				   "/etc/owner c 1:1 1 (its owner changed)\n"
				   "/etc/same k 2:2 1\n"
				   "/gone/ r 5:0\n"
				   "/gone/x r 5:0 1\n"
				   "/link c 0:0 1 (its content changed)\n"
				   "/new/ a 0:6\n"
				   "/new/y a 0:6 2\n"
				   "/one k 7:0 1\n"
				   "/two k 0:7 1\n");
	for (int i = 0; i < 2; i++) {
		inspect_history_done(&histories[i]);
		inspect_lists_done(&lists[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(says_what_changed)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
