#include "unit.h"

#include <string.h>

#include "base/buf.h"
#include "view/tree.h"

static void adds(struct view_tree *t, const char *path, enum view_kind kind, enum view_state state, uint64_t before,
		 uint64_t after)
{
	struct view_node *n = view_tree_add(t, path, strlen(path));
	n->kind = (uint8_t)kind;
	n->state = (uint8_t)state;
	n->bytes_before = before;
	n->bytes_after = after;
}

static char *show(const struct view_tree *t)
{
	struct buf b = {0};
	for (size_t i = 0; i < t->count; i++) {
		const struct view_node *n = &t->nodes[i];
		buf_printf(&b, "%s ^%u -%u %llu:%llu %u:%u %d\n", n->path, n->parent, n->end,
			   (unsigned long long)n->bytes_before, (unsigned long long)n->bytes_after, n->files_before,
			   n->files_after, n->state);
	}
	return buf_steal(&b);
}

static void sums_up_directories(void **state)
{
	(void)state;
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	adds(&t, "/usr/lib-x/c", VIEW_FILE, VIEW_ADDED, 0, 7);
	adds(&t, "/usr/lib/a", VIEW_FILE, VIEW_KEPT, 10, 10);
	adds(&t, "/usr/lib/b/d", VIEW_FILE, VIEW_REMOVED, 5, 0);
	adds(&t, "/usr", VIEW_DIRECTORY, VIEW_KEPT, 4096, 4096);
	adds(&t, "/usr/lib/a", VIEW_FILE, VIEW_CHANGED, 10, 12);
	adds(&t, "/var/empty", VIEW_DIRECTORY, VIEW_REMOVED, 0, 0);
	adds(&t, "/var/log", VIEW_DIRECTORY, VIEW_KEPT, 0, 0);
	adds(&t, "/var/log/x", VIEW_FILE, VIEW_REMOVED, 3, 0);
	view_tree_finish(&t);
	CLEANUP_FREE char *found = show(&t);
	assert_string_equal(found, "/ ^0 -12 18:19 3:2 0\n"
				   "/usr ^0 -8 15:19 2:2 0\n"
				   "/usr/lib ^1 -6 15:12 2:1 0\n"
				   "/usr/lib/a ^2 -4 10:12 0:0 3\n"
				   "/usr/lib/b ^2 -6 5:0 1:0 1\n"
				   "/usr/lib/b/d ^4 -6 5:0 0:0 1\n"
				   "/usr/lib-x ^1 -8 0:7 0:1 2\n"
				   "/usr/lib-x/c ^6 -8 0:7 0:0 2\n"
				   "/var ^0 -12 3:0 1:0 1\n"
				   "/var/empty ^8 -10 0:0 0:0 1\n"
				   "/var/log ^8 -12 3:0 1:0 0\n"
				   "/var/log/x ^10 -12 3:0 0:0 1\n");
}

static void an_empty_tree_has_the_root(void **state)
{
	(void)state;
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	view_tree_finish(&t);
	assert_int_equal(t.count, 1);
	assert_string_equal(t.nodes[0].path, "/");
	assert_string_equal(view_node_name(&t.nodes[0]), "/");
}

static void finds_a_path(void **state)
{
	(void)state;
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	adds(&t, "/a-b/c", VIEW_FILE, VIEW_KEPT, 1, 1);
	adds(&t, "/a/c", VIEW_FILE, VIEW_KEPT, 1, 1);
	view_tree_finish(&t);
	assert_int_equal(view_tree_find(&t, "/a/x"), SIZE_MAX);
	const size_t at = view_tree_find(&t, "/a-b/c");
	assert_int_not_equal(at, SIZE_MAX);
	assert_string_equal(t.nodes[at].path, "/a-b/c");
	assert_string_equal(view_node_name(&t.nodes[at]), "c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sums_up_directories),
	    cmocka_unit_test(an_empty_tree_has_the_root),
	    cmocka_unit_test(finds_a_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
