#include "keep/left_out.h"

#include "unit.h"

#include "base/mem.h"
#include "keep/kept.h"
#include "keep/tree.h"

#define BIG 1000000 /* bytes */
#define LIMIT ((struct keep_limit){500000, 10})

static void add_bytes(struct test_image *m, const char *path, size_t n)
{
	CLEANUP_FREE char *bytes = mem_calloc(1, n);
	image_bytes(m, path, bytes, n, 0644);
}

static void make(struct test_image *m)
{
	image_init(m);
	add_bytes(m, "usr/lib/a/one", BIG);
	add_bytes(m, "usr/lib/a/b/two", 2 * BIG);
	add_bytes(m, "usr/lib/a/.git/pack", BIG);
	add_bytes(m, "usr/share/doc/a/guide", BIG);
	add_bytes(m, "srv/data", BIG);
	add_bytes(m, "srv/small", 1000);
	for (int i = 0; i < 20; i++) {
		CLEANUP_FREE char *path = mem_printf("many/%02d/x", i);
		add_bytes(m, path, (size_t)(BIG + i));
	}
	add_bytes(m, "usr/share/b/docs/guide", BIG);
	image_file(m, "bin/user", "x");
	image_index(m);
}

static struct keep_reason named(const struct test_image *m)
{
	return KEEP_WHY(KEEP_IMPORT, image_node(m, "/bin/user"));
}

static void within(struct keep_set *k, const struct test_image *m, const char *path, bool want)
{
	assert_int_equal(keep_tree_within(k, image_node(m, path), KEEP_TREE_DATA, LIMIT, named(m)), want);
}

static void tells(const struct keep_set *k, const char *const *want, size_t n)
{
	CLEANUP_NOTES struct notes notes = {0};
	keep_left_out_tell(k, &notes);
	for (size_t i = 0; i < n && i < notes.count; i++)
		assert_string_equal(notes.items[i].text, want[i]);
	assert_int_equal(notes.count, n);
}
#define TELLS(k, ...)                                                                                                  \
	tells(k, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* The biggest first; what lies in another is told with it; version control and documentation are missed by nobody. */
static void directories(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	within(&k, &m, "/srv", false);
	within(&k, &m, "/usr/lib/a/b", false);
	within(&k, &m, "/usr/lib/a", false);
	within(&k, &m, "/usr/lib/a", false);
	within(&k, &m, "/usr/share/doc/a", false);
	within(&k, &m, "/usr/share/b/docs", false);
	keep_leave_out(&k, image_node(&m, "/usr/share/doc/a/guide"), LIMIT, named(&m));
	assert_kept(&k, "");
	keep_node(&k, image_node(&m, "/srv/small"), KEEP_WHY(KEEP_TRACE, 0));
	TELLS(&k,
	      "/usr/lib/a (3.0 MB) is left out: /bin/user names it, but slim adds at most 0.5 MB for that; --include "
	      "/usr/lib/a keeps it",
	      "/srv is kept in part, without 1.0 MB: /bin/user names it, but slim adds at most 0.5 MB for that; "
	      "--include /srv keeps all of it");
}

/* What came in another way, or would not be kept anyway, is not missing. */
static void nothing_missing(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	k.excluded = mem_calloc(image_index_count(m.index), sizeof(*k.excluded));
	k.excluded[image_node(&m, "/usr/lib/a/one")] = true;
	keep_tree_within(&k, image_node(&m, "/usr/lib/a"), KEEP_TREE_DATA, LIMIT, named(&m));
	keep_tree_within(&k, image_node(&m, "/srv"), KEEP_TREE_DATA, LIMIT, named(&m));
	keep_node(&k, image_node(&m, "/usr/lib/a/b/two"), KEEP_WHY(KEEP_TRACE, 0));
	keep_node(&k, image_node(&m, "/srv/data"), KEEP_WHY(KEEP_TRACE, 0));
	tells(&k, NULL, 0); /* 1000 bytes of /srv are not worth it */
}

static void levels(void **state)
{
	for (int level = KEEP_EXACT; level <= KEEP_MOST; level++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		make(&m);
		CLEANUP_KEEP_SET struct keep_set k;
		CLEANUP_NOTES struct notes notes = {0};
		keep_set_init(&k, m.index, NULL, (enum keep_level)level);
		within(&k, &m, "/srv", false);
		keep_left_out_tell(&k, &notes);
		assert_int_equal(notes.count, level == KEEP_CLOSURE || level == KEEP_SAFE);
	}
}

static void causes(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	const struct {
		struct keep_reason why;
		const char *note, *want;
	} cases[] = {
	    {KEEP_WHY(KEEP_APPLICATION, IMAGE_NONE), NULL, ": it looks like the application's, but"},
	    {KEEP_WHY(KEEP_IMPORT, IMAGE_NONE), NULL, ": the image's configuration names it, but"},
	    {KEEP_WHY(KEEP_COMMAND, image_node(&m, "/bin/user")), "x", ": /bin/user names it, but"},
	    {KEEP_WHY(KEEP_PACKAGE, image_node(&m, "/bin/user")), "pack",
	     ": it belongs to the package pack, of which /bin/user is used, but"},
	    {KEEP_WHY(KEEP_PACKAGE, image_node(&m, "/srv/small")), "pack", ": /srv/small in it is used, but"},
	    {KEEP_WHY(KEEP_RULE, image_node(&m, "/bin/user")), "fonts",
	     ": the rule fonts asks for it because of /bin/"},
	    {KEEP_WHY(KEEP_RULE, image_node(&m, "/bin/user")), "siblings", ": a run opened /bin/user beside it, but"},
	    {KEEP_WHY(KEEP_RULE, image_node(&m, "/bin/user")), "own-tree", ": /bin/user names it, but"},
	    {KEEP_WHY(KEEP_RULE, image_node(&m, "/srv/small")), "own-tree", ": a run used /srv/small, but"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_KEEP_SET struct keep_set k;
		CLEANUP_NOTES struct notes notes = {0};
		struct keep_reason why = cases[i].why;
		keep_set_init(&k, m.index, NULL, KEEP_SAFE);
		why.note = cases[i].note ? keep_note(&k, cases[i].note) : KEEP_NO_NOTE;
		keep_leave_out(&k, image_node(&m, "/srv"), LIMIT, why);
		keep_left_out_tell(&k, &notes);
		assert_int_equal(notes.count, 1);
		if (!strstr(notes.items[0].text, cases[i].want))
			fail_msg("%s\nlacks %s", notes.items[0].text, cases[i].want);
	}
}

static void entries(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	(void)keep_tree_within(&k, image_node(&m, "/many"), KEEP_TREE_DATA, (struct keep_limit){100 * BIG, 10},
			       named(&m));
	TELLS(&k, "/many (20.0 MB) is left out: /bin/user names it, but slim adds at most 10 files for that; --include "
		  "/many keeps it");
}

static void many(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_NOTES struct notes notes = {0};
	const struct image_node *dir = image_index_node(m.index, image_node(&m, "/many"));
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	for (uint32_t i = 0; i < dir->n_children; i++)
		keep_leave_out(&k, dir->first_child + i, LIMIT, named(&m));
	keep_left_out_tell(&k, &notes);
	assert_int_equal(notes.count, 13);
	assert_memory_equal(notes.items[0].text, "/many/19 ", 9);
	assert_memory_equal(notes.items[12].text, "8 more directories and files (8.0 MB) are left out", 50);
}

/* What a rule's patterns match is told as one if it fills a directory. */
static void paths(void **state)
{
	for (int alone = 0; alone < 2; alone++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		make(&m);
		CLEANUP_KEEP_SET struct keep_set k;
		CLEANUP_STRLIST struct strlist list = {0};
		keep_set_init(&k, m.index, NULL, KEEP_SAFE);
		strlist_add(&list, "/many/00/x");
		for (int i = 1; i < (alone ? 2 : 15); i++) {
			CLEANUP_FREE char *path = mem_printf("/many/%02d/x", i);
			strlist_add(&list, path);
		}
		strlist_add(&list, "/absent");
		keep_leave_out_paths(&k, &list, LIMIT, named(&m));
		if (alone)
			TELLS(&k,
			      "/many/01/x (1.0 MB) is left out: /bin/user names it, but slim adds at most 0.5 MB for "
			      "that; --include /many/01/x keeps it",
			      "/many/00/x (1.0 MB) is left out: /bin/user names it, but slim adds at most 0.5 MB for "
			      "that; --include /many/00/x keeps it");
		else
			TELLS(&k, "/many (20.0 MB) is left out: /bin/user names it, but slim adds at most 0.5 MB for "
				  "that; --include /many keeps it");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(directories), cmocka_unit_test(nothing_missing), cmocka_unit_test(levels),
	    cmocka_unit_test(causes),      cmocka_unit_test(entries),         cmocka_unit_test(many),
	    cmocka_unit_test(paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
