#include "unit.h"

#include <fcntl.h>

#include "base/mem.h"
#include "cmd/explore/marks.h"
#include "keep/policy.h"
#include "os/fd.h"
#include "text/glob.h"

static void marks_of_paths_and_of_directories_above(void **state)
{
	struct explore_marks m = {0};
	explore_marks_set(&m, "/usr", EXPLORE_INCLUDE);
	explore_marks_set(&m, "/usr/share", EXPLORE_EXCLUDE);
	explore_marks_set(&m, "/etc", EXPLORE_EXCLUDE);
	explore_marks_set(&m, "/etc", EXPLORE_UNMARKED);
	assert_int_equal(explore_marks_count(&m), 2);
	assert_int_equal(explore_marks_get(&m, "/usr"), EXPLORE_INCLUDE);
	assert_int_equal(explore_marks_get(&m, "/etc"), EXPLORE_UNMARKED);
	assert_int_equal(explore_marks_above(&m, "/usr"), EXPLORE_UNMARKED);
	assert_int_equal(explore_marks_above(&m, "/usr/lib"), EXPLORE_INCLUDE);
	assert_int_equal(explore_marks_above(&m, "/usr/share/x/y"), EXPLORE_EXCLUDE);
	assert_int_equal(explore_marks_above(&m, "/usrx/lib"), EXPLORE_UNMARKED);
	assert_true(m.changed);
	m.changed = false;
	explore_marks_set(&m, "/usr", EXPLORE_INCLUDE);
	assert_false(m.changed);
	explore_marks_done(&m);
}

/* path: as it is in the image. shown: as a tree shows it. */
static void pattern_one(const char *path, const char *shown, bool escaped, const char *pattern)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_STRLIST struct strlist expanded = {0};
	explore_marks_pattern(shown, escaped, &b);
	assert_string_equal(b.data, pattern);
	assert_true(glob_expand(b.data, 1, &expanded));
	assert_true(glob_match(expanded.items[0], path));
}

static void patterns_match_their_paths(void **state)
{
	pattern_one("/usr/lib", "/usr/lib", false, "/usr/lib");
	pattern_one("/a*b/{c}", "/a*b/{c}", false, "/a?b/?c}");
	pattern_one("/w\?t", "/w\?t", false, "/w?t");
	pattern_one("/\xff\n", "/\xff\n", false, "/??");
	pattern_one("/\\x41", "/\\x41", false, "/\\x41");
	pattern_one("/\xc3\xa4", "/\xc3\xa4", true, "/\xc3\xa4");
	pattern_one("/a\xff", "/a\\xff", true, "/a*");
	pattern_one("/a\\xff", "/a\\xff", true, "/a*");
}

/* slim build reads it. */
static void policy_file(void **state)
{
	struct explore_marks m = {0};
	CLEANUP_BUF struct buf text = {0};
	struct keep_policy p = {0};
	struct err err = {0};
	char dir[] = "/tmp/slim-marks-XXXXXX";
	explore_marks_set(&m, "/usr/share", EXPLORE_EXCLUDE);
	explore_marks_set(&m, "/b", EXPLORE_INCLUDE);
	explore_marks_set(&m, "/a\xff", EXPLORE_INCLUDE);
	explore_marks_set(&m, "/gone", EXPLORE_INCLUDE);
	explore_marks_set(&m, "/gone", EXPLORE_UNMARKED);
	explore_marks_policy(&m, false, &text);
	assert_non_null(mkdtemp(dir));
	const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int file = openat(fd, "policy", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(fd_write_all(file, text.data, text.len, &err), 0);
	if (keep_policy_load(fd, "policy", &p, &err) < 0)
		fail_msg("%s", err.msg);
	unlinkat(fd, "policy", 0);
	close(fd);
	rmdir(dir);
	assert_int_equal(p.include.count, 2);
	assert_string_equal(p.include.items[0], "/a?");
	assert_string_equal(p.include.items[1], "/b");
	assert_int_equal(p.exclude.count, 1);
	assert_string_equal(p.exclude.items[0], "/usr/share");
	assert_false(p.level_set);
	keep_policy_done(&p);
	explore_marks_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(marks_of_paths_and_of_directories_above),
	    cmocka_unit_test(patterns_match_their_paths),
	    cmocka_unit_test(policy_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
