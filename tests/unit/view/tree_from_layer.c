#include "unit.h"

#include <string.h>

#include "base/buf.h"
#include "view/tree_from_layer.h"

static struct view_node *add(struct view_tree *t, const char *path, enum view_kind kind, enum view_state state,
			     uint64_t before, uint64_t after, uint16_t layer)
{
	struct view_node *n = view_tree_add(t, path, strlen(path));
	n->kind = (uint8_t)kind;
	n->state = (uint8_t)state;
	n->bytes_before = before;
	n->bytes_after = after;
	n->layer = layer;
	return n;
}

static void make(struct view_tree *t)
{
	*t = (struct view_tree){0};
	add(t, "/usr", VIEW_DIRECTORY, VIEW_KEPT, 0, 0, 0);
	add(t, "/usr/lib/low", VIEW_FILE, VIEW_REMOVED, 30, 0, 0);
	add(t, "/usr/lib/none", VIEW_FILE, VIEW_KEPT, 7, 7, UINT16_MAX);
	struct view_node *high = add(t, "/usr/lib/high", VIEW_FILE, VIEW_KEPT, 5, 5, 1);
	strset_add(&t->packages, "first"); /* so that ids differ */
	high->package = (uint32_t)strset_add(&t->packages, "second 1");
	high->why = (uint32_t)strset_add(&t->reasons, "a run used it");
	high->step = 3;
	add(t, "/srv", VIEW_DIRECTORY, VIEW_REMOVED, 0, 0, 1);
	view_tree_finish(t);
}

/* path, bytes before:after, files before:after, state */
static void expect(const struct view_tree *whole, size_t layer, const char *text)
{
	CLEANUP_VIEW_TREE struct view_tree t;
	CLEANUP_BUF struct buf b = {0};
	view_tree_from_layer(whole, layer, &t);
	for (size_t i = 0; i < t.count; i++) {
		const struct view_node *n = &t.nodes[i];
		buf_printf(&b, "%s %llu:%llu %u:%u %d\n", n->path, (unsigned long long)n->bytes_before,
			   (unsigned long long)n->bytes_after, n->files_before, n->files_after, n->state);
	}
	assert_string_equal(b.data, text);
}

static void has_only_its_paths(void **state)
{
	CLEANUP_VIEW_TREE struct view_tree whole;
	make(&whole);
	expect(&whole, 0, "/ 30:0 1:0 1\n/usr 30:0 1:0 0\n/usr/lib 30:0 1:0 1\n/usr/lib/low 30:0 0:0 1\n");
	expect(&whole, 1, "/ 5:5 1:1 0\n/srv 0:0 0:0 1\n/usr 5:5 1:1 0\n/usr/lib 5:5 1:1 0\n/usr/lib/high 5:5 0:0 0\n");
	expect(&whole, 2, "/ 0:0 0:0 0\n");
	expect(&whole, UINT16_MAX, "/ 0:0 0:0 0\n"); /* stands for an unknown layer */
	expect(&whole, SIZE_MAX, "/ 0:0 0:0 0\n");
}

/* The whole tree may end first. */
static void has_texts_of_its_own(void **state)
{
	struct view_tree whole;
	CLEANUP_VIEW_TREE struct view_tree t;
	make(&whole);
	view_tree_from_layer(&whole, 1, &t);
	view_tree_done(&whole);
	const size_t at = view_tree_find(&t, "/usr/lib/high");
	assert_int_not_equal(at, SIZE_MAX);
	const struct view_node *n = &t.nodes[at];
	assert_string_equal(strset_get(&t.packages, n->package), "second 1");
	assert_string_equal(strset_get(&t.reasons, n->why), "a run used it");
	assert_int_equal(n->step, 3);
	assert_int_equal(n->layer, 1);
	assert_int_equal(t.nodes[view_tree_find(&t, "/srv")].package, VIEW_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(has_only_its_paths),
	    cmocka_unit_test(has_texts_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
