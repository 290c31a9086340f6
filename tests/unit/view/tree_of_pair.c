#include "unit.h"

#include "image.h"
#include "view/tree_of_pair.h"

static void fill(struct test_image *m, bool slim)
{
	image_init(m);
	image_file(m, "etc/same", "12");
	image_file(m, "etc/size", slim ? "1" : "123");
	image_bytes(m, "etc/mode", "1", 1, slim ? 0600 : 0644);
	image_link(m, "etc/link", slim ? "a" : "b");
	image_hardlink(m, "etc/twin", "etc/same");
	if (slim) {
		image_file(m, "new/y", "123456");
	} else {
		image_file(m, "gone/x", "12345");
		image_layer(m);
		image_file(m, "upper", "1");
	}
	if (slim)
		image_file(m, "upper", "1");
	image_index(m);
}

/* "PATH STATE BEFORE:AFTER LAYER PACKAGE" */
static char *show(const struct view_tree *t)
{
	struct buf b = {0};
	for (size_t i = 0; i < t->count; i++) {
		const struct view_node *n = &t->nodes[i];
		buf_printf(&b, "%s %c %llu:%llu", n->path, "krac"[n->state], (unsigned long long)n -> bytes_before,
			   (unsigned long long)n -> bytes_after);
		if (n->layer != UINT16_MAX)
			buf_printf(&b, " %u", n->layer + 1);
		if (n->package != VIEW_NONE)
			buf_printf(&b, " %s", strset_get(&t->packages, n->package));
		buf_char(&b, '\n');
	}
	return buf_steal(&b);
}

static void of_a_slim_image(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image original;
	CLEANUP_TEST_IMAGE struct test_image slim;
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	fill(&original, false);
	fill(&slim, true);
	uint32_t *owner = mem_calloc(image_index_count(original.index), sizeof(*owner));
	for (uint32_t id = 0; id < image_index_count(original.index); id++)
		owner[id] = PACKAGES_NONE;
	owner[image_node(&original, "/etc/size")] = 0;
	char name[] = "base";
	struct package item = {.name = name};
	const struct packages packages = {.items = &item, .count = 1, .owner = owner};
	view_tree_of_pair(original.index, slim.index, &packages, &t);
	CLEANUP_FREE char *found = show(&t);
	assert_string_equal(found, "/ k 12:11\n"
				   "/etc k 6:4 1\n"
				   "/etc/link c 0:0 1\n"
				   "/etc/mode c 1:1 1\n"
				   "/etc/same k 2:2 1\n"
				   "/etc/size c 3:1 1 base\n"
				   "/etc/twin k 0:0 1\n"
				   "/gone r 5:0 1\n"
				   "/gone/x r 5:0 1\n"
				   "/new a 0:6\n"
				   "/new/y a 0:6\n"
				   "/upper k 1:1 2\n");
	free(owner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_a_slim_image)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
