#include "unit.h"

#include "inspect/final.h"
#include "inspect/sample.h"
#include "view/tree_of_inspect.h"

struct fixture {
	struct inspect_lists lists;
	struct inspect_history history;
	struct inspect_final final;
	struct image_index *index;
};

static void fixture_init(struct fixture *f, const char *const *layers)
{
	struct err err = {0};
	*f = (struct fixture){0};
	sample_lists(layers, NULL, &f->lists);
	sample_history(&f->lists, &f->history);
	if (inspect_final_index(&f->history, &f->lists, NULL, &f->final, &f->index, &err) < 0)
		fail_msg("%s", err.msg);
}

static void fixture_done(struct fixture *f)
{
	image_index_free(f->index);
	inspect_history_done(&f->history);
	inspect_lists_done(&f->lists);
}

/* "PATH STATE BEFORE:AFTER LAYER PACKAGE (REASON)"; STATE: kept, removed, added, changed; a directory ends with "/". */
static char *show(const struct view_tree *t)
{
	struct buf b = {0};
	for (size_t i = 0; i < t->count; i++) {
		const struct view_node *n = &t->nodes[i];
		buf_printf(&b, "%s%s %c %llu:%llu", n->path, n->kind == VIEW_DIRECTORY && i ? "/" : "",
			   "kract"[n->state], (unsigned long long)n -> bytes_before,
			   (unsigned long long)n -> bytes_after);
		if (n->layer != UINT16_MAX)
			buf_printf(&b, " %u", n->layer + 1);
		if (n->package != VIEW_NONE)
			buf_printf(&b, " %s", strset_get(&t->packages, n->package));
		if (n->why != VIEW_NONE)
			buf_printf(&b, " (%s)", strset_get(&t->reasons, n->why));
		buf_char(&b, '\n');
	}
	return buf_steal(&b);
}

static void expect(const struct view_tree *t, const char *text)
{
	CLEANUP_FREE char *found = show(t);
	assert_string_equal(found, text);
}

static const char *const layers[] = {
    "d . 755 0:0 1\nd etc 755 0:0 1\nf etc/a 644 0:0 1 12\nf etc/b 644 0:0 1 123\nf etc/gone 644 0:0 1 12345\n"
    "d old 755 0:0 1\nf old/x 644 0:0 1 1234\nl link 777 0:0 1 etc/a\nf implied/y 644 0:0 1 1\n",
    "f etc/a 600 0:0 1 12\nf etc/b 644 0:0 1 1234567\nf etc/.wh.gone 0 0:0 1\nf .wh.old 0 0:0 1\n"
    "d new 755 0:0 1\nf new/n 644 0:0 1 123456\nh new/h 644 0:0 1 new/n\n",
    "f etc/.wh.a 0 0:0 1\nd new 700 0:0 1\n",
    NULL,
};

static void the_files_that_an_image_shows(void **state)
{
	struct fixture f;
	fixture_init(&f, layers);
	CLEANUP_VIEW_TREE struct view_tree t;
	assert_int_equal(view_tree_of_image(&(struct view_inspected){.history = &f.history}, &t, NULL), 0);
	expect(&t, "/ k 14:14 1\n"
		   "/etc/ k 7:7 1\n"
		   "/etc/b k 7:7 2\n"
		   "/implied/ k 1:1\n"
		   "/implied/y k 1:1 1\n"
		   "/link k 0:0 1\n"
		   "/new/ k 6:6 3\n"
		   "/new/h k 0:0 2\n"
		   "/new/n k 6:6 2\n");
	assert_int_equal(t.nodes[0].bytes_after, f.history.final);
	assert_int_equal(t.nodes[view_tree_find(&t, "/link")].kind, VIEW_SYMLINK);
	assert_int_equal(t.nodes[0].files_after, 5);
	fixture_done(&f);
}

static void the_changes_of_a_layer(void **state)
{
	struct fixture f;
	fixture_init(&f, layers);
	const struct view_inspected from = {.history = &f.history};
	CLEANUP_VIEW_TREE struct view_tree first, second, third;
	view_tree_of_layer(&from, 0, &first);
	assert_int_equal(first.nodes[0].state, VIEW_ADDED);
	assert_int_equal(first.nodes[0].bytes_before, 0);
	assert_int_equal(first.nodes[0].bytes_after, f.history.layers[0][INSPECT_ADDED].bytes);
	view_tree_of_layer(&from, 1, &second);
	expect(&second, "/ k 14:15\n"
			"/etc/ k 10:9\n"
			"/etc/a c 2:2 2 (only its attributes change)\n"
			"/etc/b c 3:7 2\n"
			"/etc/gone r 5:0 2\n"
			"/new/ a 0:6 2\n"
			"/new/h a 0:0 2\n"
			"/new/n a 0:6 2\n"
			"/old/ r 4:0 2\n"
			"/old/x r 4:0 2\n");
	/* The layer removes all files that its tree shows below /etc, but not the directory. */
	view_tree_of_layer(&from, 2, &third);
	expect(&third, "/ k 2:0\n"
		       "/etc/ k 2:0\n"
		       "/etc/a r 2:0 3\n"
		       "/new/ c 0:0 3\n");
	fixture_done(&f);
}

static void packages_by_name(void **state)
{
	struct fixture f;
	fixture_init(&f, layers);
	uint32_t *owner = mem_calloc(image_index_count(f.index), sizeof(*owner));
	for (uint32_t id = 0; id < image_index_count(f.index); id++)
		owner[id] = PACKAGES_NONE;
	owner[image_index_resolve(f.index, "/etc/b", false, NULL, NULL)] = 1;
	char names[][5] = {"none", "base"}, version[] = "1.2";
	struct package items[] = {{.name = names[0], .version = version}, {.name = names[1], .version = version}};
	const struct packages p = {.items = items, .count = 2, .owner = owner};
	const struct view_inspected from = {&f.history, &p, f.index};
	CLEANUP_VIEW_TREE struct view_tree t, layer;
	assert_int_equal(view_tree_of_image(&from, &t, NULL), 0);
	const struct view_node *b = &t.nodes[view_tree_find(&t, "/etc/b")];
	assert_string_equal(strset_get(&t.packages, b->package), "base 1.2");
	assert_int_equal(t.nodes[view_tree_find(&t, "/new/n")].package, VIEW_NONE);
	assert_int_equal(t.packages.count, 1);
	view_tree_of_layer(&from, 1, &layer);
	assert_int_equal(layer.nodes[view_tree_find(&layer, "/etc/gone")].package, VIEW_NONE);
	assert_int_equal(layer.nodes[view_tree_find(&layer, "/etc/b")].package, 0);
	free(owner);
	fixture_done(&f);
}

/* The image does not show them any more, but a layer does. */
static void paths_that_would_fill_all_memory(void **state)
{
	struct fixture f;
	struct err err = {0};
	CLEANUP_BUF struct buf deep = {0};
	for (int i = 0; i < 100; i++) {
		buf_printf(&deep, "f %d/", i);
		for (int n = 0; n < 2000; n++)
			buf_str(&deep, "a/");
		buf_str(&deep, "x 644 0:0 1 1\n");
	}
	fixture_init(&f, (const char *const[]){deep.data, "f .wh..wh..opq 0 0:0 1\nf a 644 0:0 1 1\n", NULL});
	CLEANUP_VIEW_TREE struct view_tree t;
	assert_int_equal(view_tree_of_image(&(struct view_inspected){.history = &f.history}, &t, &err), -ERR_LIMIT);
	assert_string_equal(err.id, "paths-too-deep");
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_files_that_an_image_shows),
	    cmocka_unit_test(the_changes_of_a_layer),
	    cmocka_unit_test(packages_by_name),
	    cmocka_unit_test(paths_that_would_fill_all_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
