#include "unit.h"

#include "cmd/explore/list.h"
#include "cmd/explore/sample.h"

static void expect(const struct explore_list *l, const char *names)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "");
	for (size_t i = 0; i < l->count; i++)
		buf_printf(&b, "%s%s", i ? " " : "", view_node_name(&l->tree->nodes[l->rows[i]]));
	assert_string_equal(b.data, names);
}

static uint32_t find(const struct view_tree *t, const char *path)
{
	const size_t at = view_tree_find(t, path);
	assert_int_not_equal(at, SIZE_MAX);
	return (uint32_t)at;
}

static void sorts(void **state)
{
	struct explore_list l;
	CLEANUP_VIEW_TREE struct view_tree t;
	sample_report(&t);
	explore_list_init(&l, &t);
	expect(&l, "usr etc bin dev");
	assert_int_equal(l.largest, 8040000);
	explore_list_set_sort(&l, EXPLORE_BY_NAME);
	expect(&l, "bin dev etc usr");
	explore_list_open(&l, find(&t, "/usr/lib"));
	expect(&l, "libc.so perl");
	explore_list_set_sort(&l, EXPLORE_BY_CHANGE);
	expect(&l, "perl libc.so");
	explore_list_done(&l);
}

static void filters(void **state)
{
	struct explore_list l;
	CLEANUP_VIEW_TREE struct view_tree t;
	sample_report(&t);
	explore_list_init(&l, &t);
	explore_list_set_filter(&l, "posix");
	expect(&l, "usr");
	assert_int_equal(explore_list_matches(&l), 1);
	explore_list_set_filter(&l, "PERL"); /* all that is in it is shown, too */
	explore_list_open(&l, find(&t, "/usr/lib/perl"));
	expect(&l, "POSIX.pm");
	explore_list_open(&l, find(&t, "/usr/share"));
	expect(&l, "");
	explore_list_set_filter(&l, "/"); /* of names, not of paths */
	assert_int_equal(explore_list_matches(&l), 0);
	explore_list_set_filter(&l, "");
	assert_null(l.filter);
	assert_int_equal(l.count, 1);
	explore_list_done(&l);
}

static void shows_only_what_was_removed(void **state)
{
	struct explore_list l;
	CLEANUP_VIEW_TREE struct view_tree t;
	sample_report(&t);
	explore_list_init(&l, &t);
	explore_list_show(&l, EXPLORE_SHOW_REMOVED);
	expect(&l, "usr etc");
	explore_list_open(&l, find(&t, "/usr/lib"));
	expect(&l, "perl");
	explore_list_set_filter(&l, "libc");
	expect(&l, "");
	explore_list_set_filter(&l, NULL);
	explore_list_show(&l, EXPLORE_SHOW_PRESENT);
	expect(&l, "libc.so");
	explore_list_show(&l, EXPLORE_SHOW_ALL);
	expect(&l, "perl libc.so");
	explore_list_done(&l);
}

static void goes_from_match_to_match(void **state)
{
	struct explore_list l;
	CLEANUP_VIEW_TREE struct view_tree t;
	sample_report(&t);
	explore_list_init(&l, &t);
	assert_int_equal(explore_list_match(&l, 0, true), VIEW_NONE);
	explore_list_set_filter(&l, "lib");
	const uint32_t lib = find(&t, "/usr/lib"), libc = find(&t, "/usr/lib/libc.so");
	assert_int_equal(explore_list_match(&l, 0, true), lib);
	assert_int_equal(explore_list_match(&l, lib, true), libc);
	assert_int_equal(explore_list_match(&l, libc, true), lib);
	assert_int_equal(explore_list_match(&l, lib, false), libc);
	explore_list_set_filter(&l, "nothing");
	assert_int_equal(explore_list_match(&l, 0, true), VIEW_NONE);
	explore_list_done(&l);
}

/* Another tree may lack the directory. */
static void changes_the_tree(void **state)
{
	struct explore_list l;
	char perl[] = "/usr/lib/perl", dev[] = "/dev";
	CLEANUP_VIEW_TREE struct view_tree t, image;
	sample_report(&t);
	sample_image(&image);
	explore_list_init(&l, &t);
	explore_list_set_filter(&l, "lib");
	explore_list_set_tree(&l, &image, perl);
	assert_string_equal(image.nodes[l.dir].path, "/usr/lib");
	expect(&l, "libc.so");
	assert_int_equal(explore_list_matches(&l), 2);
	explore_list_done(&l);
	explore_list_init(&l, &t);
	explore_list_set_tree(&l, &image, dev);
	assert_int_equal(l.dir, 0);
	explore_list_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sorts),
	    cmocka_unit_test(filters),
	    cmocka_unit_test(shows_only_what_was_removed),
	    cmocka_unit_test(goes_from_match_to_match),
	    cmocka_unit_test(changes_the_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
