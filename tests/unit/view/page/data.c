#include "unit.h"

#include "text/json.h"
#include "view/page/data.h"

static struct view_node *add(struct view_tree *t, const char *path, enum view_kind kind, enum view_state state,
			     uint64_t before, uint64_t after)
{
	struct view_node *n = view_tree_add(t, path, strlen(path));
	n->kind = (uint8_t)kind;
	n->state = (uint8_t)state;
	n->bytes_before = before;
	n->bytes_after = after;
	return n;
}

static void fill(struct view_tree *t)
{
	struct view_node *n = add(t, "/a/\xff\n\"", VIEW_FILE, VIEW_KEPT, 5, 5);
	n->package = (uint32_t)strset_add(&t->packages, "pack");
	n->layer = 2;
	n->step = 7;
	add(t, "/a/c", VIEW_FILE, VIEW_CHANGED, 1, 3);
	add(t, "/a/d", VIEW_FILE, VIEW_REMOVED, 4, 0);
	add(t, "/a/n", VIEW_FILE, VIEW_ADDED, 0, 9);
	add(t, "/l", VIEW_SYMLINK, VIEW_KEPT, 0, 0)->why = (uint32_t)strset_add(&t->reasons, "because");
	view_tree_finish(t);
}

static void column_one(const json_t *tree, const char *name, const char *expected)
{
	CLEANUP_BUF struct buf b = {0};
	json_write(json_object_get(tree, name), &b);
	assert_string_equal(b.data, expected);
}

static void has_a_column_for_each_property(void **state)
{
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	CLEANUP_BUF struct buf b = {0};
	json_auto_t *facts = json_pack("{s:s}", "x", "</script>");
	fill(&t);
	view_page_data(&(struct view_page){"diff", "1.2", facts, &t, NULL}, &b);
	json_auto_t *v = json_loadb(b.data, b.len, 0, NULL);
	const json_t *tree = json_object_get(v, "tree");
	assert_non_null(tree);
	assert_string_equal(json_string_value(json_object_get(v, "verb")), "diff");
	assert_string_equal(json_string_value(json_object_get(v, "version")), "1.2");
	assert_true(json_equal(json_object_get(v, "facts"), facts));
	column_one(tree, "name", "[\"/\",\"a\",\"c\",\"d\",\"n\",\"\\\\xff\\\\x0a\\\"\",\"l\"]");
	column_one(tree, "depth", "[0,1,2,2,2,2,1]");
	column_one(tree, "kind", "[1,1,0,0,0,0,2]");
	column_one(tree, "state", "[0,0,3,1,2,0,0]");
	column_one(tree, "before", "[0,0,1,4,0,5,0]");
	column_one(tree, "changed", "[2,3,4,9]");
	column_one(tree, "package", "[-1,-1,-1,-1,-1,0,-1]");
	column_one(tree, "layer", "[-1,-1,-1,-1,-1,2,-1]");
	column_one(tree, "step", "[0,0,0,0,0,7,0]");
	column_one(tree, "why", "[-1,-1,-1,-1,-1,-1,0]");
	column_one(tree, "packages", "[\"pack\"]");
	column_one(tree, "reasons", "[\"because\"]");
	assert_null(json_object_get(tree, "by"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(has_a_column_for_each_property)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
