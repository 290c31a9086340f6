#include "keep/mentions.h"

#include "unit.h"

#include "keep/kept.h"
#include "keep/tree.h"

static void make(struct test_image *m)
{
	static const char *const files[] = {"a", "b", "c", "d", "e", "f", "lib/x", "lib/y"};
	image_init(m);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		image_file(m, files[i], "x");
	image_link(m, "lib/link", "../a");
	image_index(m);
}

static struct keep_reason by(const struct test_image *m, struct keep_set *k, enum keep_reason_kind kind,
			     const char *namer, const char *note)
{
	return KEEP_WHY_NOTED(kind, image_node(m, namer), keep_note(k, note));
}

static const struct keep_mention *of(const struct keep_set *k, const struct test_image *m, const char *path)
{
	return keep_mentions_find(k->mentions, image_node(m, path));
}

static void files_that_name(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_MENTIONS struct keep_mentions mentions = {0};
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
	k.mentions = &mentions;
	uint32_t f = image_node(&m, "/f");
	keep_mention(&k, f, by(&m, &k, KEEP_IMPORT, "/a", "/f"));
	keep_mention(&k, f, by(&m, &k, KEEP_COMMAND, "/a", "f")); /* the same file again, with a surer name */
	keep_mention(&k, f, by(&m, &k, KEEP_LIBRARY, "/b", "dlopen"));
	keep_mention(&k, f, by(&m, &k, KEEP_RULE, "/c", "named-path"));
	keep_mention(&k, f, by(&m, &k, KEEP_IMPORT, "/d", "./f"));
	keep_mention(&k, f, KEEP_WHY(KEEP_LIBRARY, image_node(&m, "/e"))); /* more than are remembered */
	const struct keep_mention *it = of(&k, &m, "/f");
	static const struct {
		const char *path;
		enum keep_mention_way way;
	} want[] = {{"/a", KEEP_MENTION_COMMAND},
		    {"/b", KEEP_MENTION_DLOPEN},
		    {"/c", KEEP_MENTION_PATH},
		    {"/d", KEEP_MENTION_IMPORT}};
	assert_int_equal(it->named_by, 5);
	for (size_t i = 0; i < KEEP_MENTION_NAMERS; i++) {
		assert_int_equal(it->namers[i].node, image_node(&m, want[i].path));
		assert_int_equal(it->namers[i].way, want[i].way);
	}
	assert_int_equal(keep_mention_surest(it)->node, image_node(&m, "/d"));
	assert_kept(&k, ""); /* a mention keeps nothing */
}

static void what_does_not_count(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_MENTIONS struct keep_mentions mentions = {0};
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
	uint32_t f = image_node(&m, "/f");
	keep_mention(&k, f, by(&m, &k, KEEP_IMPORT, "/a", "f")); /* nobody asks */
	k.mentions = &mentions;
	keep_mention(&k, f, by(&m, &k, KEEP_PACKAGE, "/a", "f"));
	keep_mention(&k, f, by(&m, &k, KEEP_RULE, "/a", "other-name"));
	keep_mention(&k, f, by(&m, &k, KEEP_RULE, "/a", "certificates"));
	keep_mention(&k, image_node(&m, "/lib"), by(&m, &k, KEEP_IMPORT, "/a", "lib"));
	keep_node(&k, image_node(&m, "/b"), KEEP_WHY(KEEP_TRACE, 0));
	keep_mention(&k, image_node(&m, "/b"), by(&m, &k, KEEP_IMPORT, "/a", "b"));
	mentions.from = KEEP_MENTION_FROM_ELF; /* a word that stands there */
	keep_mention(&k, f, by(&m, &k, KEEP_IMPORT, "/a", "f"));
	keep_mention(&k, f, by(&m, &k, KEEP_COMMAND, "/a", "/f"));
	mentions.from = KEEP_MENTION_FROM_BINARY;
	keep_mention(&k, f, by(&m, &k, KEEP_COMMAND, "/a", "f"));
	assert_int_equal(mentions.count, 0);
	keep_mention(&k, f, by(&m, &k, KEEP_IMPORT, "/a", "f"));
	mentions.from = KEEP_MENTION_FROM_ELF;
	keep_mention(&k, f, by(&m, &k, KEEP_IMPORT, "/b", "/f"));
	assert_int_equal(mentions.count, 1);
	assert_int_equal(of(&k, &m, "/f")->named_by, 2);
	keep_mentions_clear(&mentions);
	assert_null(of(&k, &m, "/f"));
}

/* What a set is asked to keep and does not. */
static void of_a_set(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_MENTIONS struct keep_mentions mentions = {0};
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
	k.mentions = &mentions;
	k.excluded = mem_calloc(image_index_count(m.index), sizeof(*k.excluded));
	k.excluded[image_node(&m, "/lib/link")] = k.excluded[image_node(&m, "/f")] = k.excluded[image_node(&m, "/e")] =
	    true;
	(void)keep_path(&k, "/e", true, KEEP_WHY(KEEP_TRACE, 0));
	(void)keep_path(&k, "/f", true, by(&m, &k, KEEP_IMPORT, "/a", "f"));
	keep_leave_out(&k, image_node(&m, "/lib"), (struct keep_limit){.bytes = 1},
		       by(&m, &k, KEEP_IMPORT, "/a", "lib"));
	assert_int_equal(mentions.count, 2);
	assert_int_equal(of(&k, &m, "/f")->named_by, 1);
	assert_true(of(&k, &m, "/lib")->whole);
	assert_non_null(idmap_find(&mentions.used, 0, image_node(&m, "/e")));
	(void)keep_path(&k, "/lib/link", true, by(&m, &k, KEEP_COMMAND, "/a", "link"));
	assert_int_equal(of(&k, &m, "/lib/link")->named_by, 1);
	assert_kept(&k, "/a");
	k.tells = true;
	keep_tree(&k, image_node(&m, "/lib"), KEEP_TREE_DATA, by(&m, &k, KEEP_IMPORT, "/b", "lib"));
	keep_node(&k, image_node(&m, "/c"), by(&m, &k, KEEP_IMPORT, "/b", "c"));
	assert_int_equal(of(&k, &m, "/lib")->named_by, 2);
	assert_int_equal(of(&k, &m, "/c")->named_by, 1);
	assert_kept(&k, "/a");
	assert_int_equal(k.left_out.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_that_name),
	    cmocka_unit_test(what_does_not_count),
	    cmocka_unit_test(of_a_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
