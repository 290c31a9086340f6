#include "unit.h"

#include "dockerfile/carriers.h"
#include "dockerfile/carriers_image.h"

/* "T" in a copied directory, "F" a copied file, "A" in the archive; "-" neither. */
static void assert_carried(const struct carried *t, const char *path, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	uint32_t id = image_node(&t->m, path);
	if (t->c.copies[id] != DOCKERFILE_NOTHING)
		buf_char(&got, t->c.copies[id] == DOCKERFILE_TREE ? 'T' : 'F');
	if (t->c.archived[id])
		buf_char(&got, 'A');
	if (!got.len)
		buf_char(&got, '-');
	if (strcmp(got.data, want) != 0)
		fail_msg("%s: %s, not %s", path, got.data, want);
}

static void copies_alone(void **state)
{
	CLEANUP_CARRIED struct carried t;
	carried_init(&t);
	image_file(&t.m, "a/whole/x", "1");
	image_link(&t.m, "a/whole/link", "x");
	image_hardlink(&t.m, "a/whole/sub/y", "a/whole/x");
	image_file(&t.m, "b/part", "1");
	image_file(&t.m, "b/not", "1");
	carried_index(&t);
	carried_keep_tree(&t, image_node(&t.m, "/a/whole"));
	carried_keep(&t, "/b/part");
	carried_make(&t);
	assert_false(t.c.has_archive);
	assert_carried(&t, "/a/whole/sub/y", "T");
	assert_carried(&t, "/a/whole/link", "T");
	assert_carried(&t, "/a", "T"); /* the topmost: nothing of it is missing */
	assert_int_equal(t.c.tree[image_node(&t.m, "/a/whole/x")], image_node(&t.m, "/a"));
	assert_carried(&t, "/b", "-");
	assert_carried(&t, "/b/part", "F");
	assert_carried(&t, "/b/not", "-");
}

static void what_copies_cannot_carry(void **state)
{
	CLEANUP_CARRIED struct carried t;
	carried_init(&t);
	image_file(&t.m, "b/not", "1");
	image_file(&t.m, "b/part", "1");
	image_link(&t.m, "b/link", "part");
	image_file(&t.m, "b/odd\nRUN", "1");
	image_file(&t.m, "b/[x]", "1");
	image_file(&t.m, "b/edited", "1");
	image_hardlink(&t.m, "b/linked", "b/not");
	image_file(&t.m, "b/first", "1");
	image_hardlink(&t.m, "c/second", "b/first");
	image_dir(&t.m, "d/empty");
	assert_int_equal(mkfifoat(image_top(&t.m), "c/fifo", 0600), 0);
	carried_index(&t);
	carried_keep_tree(&t, image_node(&t.m, "/c"));
	for (const char *const *p = (const char *const[]){"/b/part", "/b/link", "/b/odd\nRUN", "/b/[x]", "/b/edited",
							  "/b/linked", "/b/first", "/d/empty", NULL};
	     *p; p++)
		carried_keep(&t, *p);
	buf_str(packages_edit_add(&t.edits, image_node(&t.m, "/b/edited")), "new");
	carried_make(&t);
	assert_true(t.c.has_archive);
	assert_carried(&t, "/b/part", "F");
	assert_carried(&t, "/b/linked", "F"); /* its other name is gone */
	assert_carried(&t, "/b/link", "A");
	assert_carried(&t, "/b/odd\nRUN", "A");
	assert_carried(&t, "/b/[x]", "A");
	assert_carried(&t, "/b/edited", "A");
	assert_carried(&t, "/b/first", "A");
	assert_carried(&t, "/c/second", "A");
	assert_carried(&t, "/c/fifo", "A");
	assert_carried(&t, "/b", "A"); /* for its time */
	assert_carried(&t, "/c", "A");
	assert_carried(&t, "/d", "A");
	assert_carried(&t, "/d/empty", "A");
}

static void hard_links_out_of_a_copied_directory(void **state)
{
	CLEANUP_CARRIED struct carried t;
	carried_init(&t);
	image_file(&t.m, "a/deep/x", "1");
	image_file(&t.m, "a/y", "1");
	image_file(&t.m, "b/not", "1");
	image_hardlink(&t.m, "b/x", "a/deep/x");
	carried_index(&t);
	carried_keep_tree(&t, image_node(&t.m, "/a"));
	carried_keep(&t, "/b/x");
	carried_make(&t);
	assert_carried(&t, "/a/deep/x", "TA");
	assert_carried(&t, "/b/x", "A");
	assert_carried(&t, "/a/deep", "TA"); /* adding to it changes its time */
	assert_carried(&t, "/a", "TA");
	assert_carried(&t, "/a/y", "T");
}

static void owners_and_modes_of_directories(void **state)
{
	CLEANUP_CARRIED struct carried t;
	carried_init(&t);
	image_file(&t.m, "a/sub/x", "1");
	image_file(&t.m, "b/x", "1");
	image_file(&t.m, "b/not", "1");
	carried_index(&t);
	struct image_node *sub = (struct image_node *)image_index_node(t.m.index, image_node(&t.m, "/a/sub"));
	struct image_node *b = (struct image_node *)image_index_node(t.m.index, image_node(&t.m, "/b"));
	sub->uid = 7;
	b->mode = S_IFDIR | 0700;
	carried_keep_tree(&t, image_node(&t.m, "/a"));
	carried_keep(&t, "/b/x");
	carried_make(&t);
	assert_true(t.c.has_archive); /* for b; the copy of a brings its sub */
	assert_carried(&t, "/a/sub", "T");
	assert_carried(&t, "/a", "TA");
	assert_carried(&t, "/b", "A");
	assert_carried(&t, "/b/x", "F");
}

/* tar brings links, and what is in a directory with its owner; not what a builder mounts over. */
static void by_list(void **state)
{
	CLEANUP_CARRIED struct carried t;
	carried_init(&t);
	image_file(&t.m, "a/x", "1");
	image_file(&t.m, "b/not", "1");
	image_file(&t.m, "b/[part]", "1");
	image_link(&t.m, "b/link", "[part]");
	image_hardlink(&t.m, "b/x", "a/x");
	image_file(&t.m, "b/back\\slash", "1");
	image_hardlink(&t.m, "b/other", "b/back\\slash");
	image_file(&t.m, "c/y", "1");
	image_file(&t.m, "etc/hosts", "1");
	carried_index(&t);
	((struct image_node *)image_index_node(t.m.index, image_node(&t.m, "/a")))->uid = 7;
	for (const char *const *p = (const char *const[]){"/a", "/b/[part]", "/b/link", "/b/x", "/b/back\\slash",
							  "/b/other", "/c", "/etc", NULL};
	     *p; p++)
		carried_keep_tree(&t, image_node(&t.m, *p));
	carried_make_one(&t, true);
	assert_carried(&t, "/a", "T");
	assert_carried(&t, "/a/x", "T");
	assert_carried(&t, "/b/x", "F");
	assert_carried(&t, "/b/[part]", "F");
	assert_carried(&t, "/b/link", "F");
	assert_carried(&t, "/b/back\\slash", "A");
	assert_carried(&t, "/b/other", "A"); /* one carrier has both names */
	assert_carried(&t, "/b", "A");       /* for its time */
	assert_carried(&t, "/c", "T");
	assert_carried(&t, "/etc/hosts", "A");
	assert_carried(&t, "/etc", "A");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(copies_alone),
	    cmocka_unit_test(what_copies_cannot_carry),
	    cmocka_unit_test(hard_links_out_of_a_copied_directory),
	    cmocka_unit_test(owners_and_modes_of_directories),
	    cmocka_unit_test(by_list),
	};
	return cmocka_run_group_tests_name("dockerfile/carriers", tests, NULL, NULL);
}
