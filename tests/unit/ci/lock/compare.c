#include "listings.h"

#include "ci/lock/compare.h"

/* The lines that tell what became of what was there before, separated by " | ". */
static void compare_listings(const struct ci_lock_listing *before, const struct ci_lock_listing *after,
			     const char *want)
{
	CLEANUP_CI_LOCK struct ci_lock lock = {0};
	CLEANUP_STRLIST struct strlist lines = {0};
	CLEANUP_BUF struct buf got = {0};
	listing_lock(before, &lock);
	ci_lock_compare(&lock, after, &lines);
	for (size_t i = 0; i < lines.count; i++)
		buf_printf(&got, "%s%s", i ? " | " : "", lines.items[i]);
	assert_string_equal(got.len ? got.data : "", want);
}

static void compare_one(const char *before, const char *after, const char *want)
{
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing a = {0}, b = {0};
	listing_fill(&a, before);
	listing_fill(&b, after);
	compare_listings(&a, &b, want);
}

static void files(void **state)
{
	compare_one("", "", "");
	compare_one("/app/main.py=1 /app/x=1", "/app/main.py=1 /app/x=1", "");
	compare_one("/app/main.py=1 /app/x=1", "/app/main.py=2 /app/x=1", "/app/main.py changed");
	compare_one("/app/run.sh=1", "/app/run.sh=1+", "/app/run.sh changed: mode 0644 -> 0755");
	compare_one("/a>b", "/a>c", "/a changed");
	compare_one("/a>b", "/a=1", "/a changed");
	compare_one("/a=1 /b=1", "/b=1 /c=1", "/c new | /a dropped");
	compare_one("", "/t/1=1 /t/2=1 /t/3=1 /u=1", "/t/1 new | /t/2 new | /t/3 new | /u new");
	compare_one("/u=1", "/t/1=1 /t/2=1 /t/3=1 /t/4=1", "4 files new under /t | /u dropped");
	compare_one("/t/1=1 /t/2=1 /t/3=1 /t/4=1", "/t/2=2",
		    "/t/2 changed | /t/1 dropped | /t/3 dropped | /t/4 dropped");
}

static void directories(void **state)
{
	compare_one("/d/", "/d/", "");
	compare_one("", "/d/", "/d new: a directory");
	compare_one("/d/", "", "/d dropped");
	/* it is not empty any more */
	compare_one("/d/", "/d/x=1", "/d/x new");
	compare_one("/d=1", "/d/x=1", "/d/x new | /d changed: now a directory");
}

static void packages(void **state)
{
	compare_one("libssl3@3.0.11-1:/l/s=1", "libssl3@3.0.13-1:/l/s=2", "libssl3 3.0.11-1 -> 3.0.13-1");
	compare_one("libssl3@3.0.11-1:/l/s=1", "libssl3@3.0.13-1:/l/s=2 libssl3@3.0.13-1:/l/t=2",
		    "libssl3 3.0.11-1 -> 3.0.13-1, 2 files, 1 before");
	compare_one("libssl3@3.0.11-1:/l/s=1 a@1:/l/a=1", "b@2:/l/b=1 a@1:/l/a=1",
		    "b 2 new | libssl3 3.0.11-1 dropped");
	/* a program of two versions in one image, as npm has it */
	compare_one("a@1:/x=1 a@2:/y=1", "a@2:/y=1 a@3:/z=1", "a 1 -> 3");
	compare_one("a@1:/x=1 a@2:/y=1", "a@3:/z=1", "a 1 dropped | a 2 dropped | a 3 new");
}

static void packages_of_the_same_version(void **state)
{
	compare_one("c@1:/a=1 c@1:/b=1", "c@1:/a=1 c@1:/b=1", "");
	compare_one("c@1:/a=1 c@1:/b=1", "c@1:/a=1 c@1:/b=2", "c 1: 1 file changed: /b");
	compare_one("c@1:/a=1 c@1:/b=1", "c@1:/a=1", "c 1: 1 file dropped");
	compare_one("c@1:/a=1 c@1:/b=1", "c@1:/b=2 c@1:/d=1", "c 1: 1 file new, 1 changed, 1 dropped: /b, /d");
	compare_one("c@1:/a=1", "c@1:/a=1 c@1:/b=1 c@1:/c=1 c@1:/d=1 c@1:/e=1",
		    "c 1: 4 files new: /b, /c, /d and 1 more");
	/* a file that was of no package, and is now */
	compare_one("/a=1", "c@1:/a=1", "c 1 new");
}

static void fill_many(struct ci_lock_listing *l, size_t dirs, size_t files, const char *but, const char *word)
{
	for (size_t d = 0; d < dirs; d++)
		for (size_t f = 0; f < files; f++) {
			CLEANUP_FREE char *path = mem_printf("/app/d%03zu/f%04zu=1", d, f);
			listing_fill(l, strncmp(path, but, strlen(but)) == 0 ? word : path);
		}
}

/* An image of 30000 files has a small lock file, which still names the one that changed. */
static void many_one(size_t dirs, size_t files)
{
	static const struct {
		const char *word, *want;
	} cases[] = {{"/app/d001/f0007=2", "/app/d001/f0007 changed"},
		     {"/app/d001/f0007=1 /app/d001/f0007b=1", "/app/d001/f0007b new"},
		     {"/app/d001/f0007=1 /app/d001/more/x=1", "/app/d001/more/x new"},
		     {"", "1 file dropped under /app/d001"},
		     {"/app/d001/f0007=1", ""}};
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing before = {0};
	fill_many(&before, dirs, files, "-", "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_CI_LOCK_LISTING struct ci_lock_listing after = {0};
		fill_many(&after, dirs, files, "/app/d001/f0007=", cases[i].word);
		compare_listings(&before, &after, cases[i].want);
	}
}

static void many(void **state)
{
	many_one(30, 1000);
}

static void changes_everywhere(void **state)
{
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing before = {0}, after = {0};
	fill_many(&before, 40, 12, "-", "");
	for (size_t i = 0; i < 40; i++)
		fill_many(&after, 0, 0, "-", "");
	compare_listings(&before, &after, "480 files dropped under /app");
}

static void configuration(void **state)
{
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing before = {0}, after = {0};
	json_auto_t *a =
	    json_pack("{s:[s], s:s, s:s, s:s}", "Env", "A=1", "User", "app", "WorkingDir", "/x", "Image", "1");
	json_auto_t *b = json_pack("{s:[s], s:s, s:s, s:{s:s}}", "Env", "A=2", "User", "app", "StopSignal", "SIGINT",
				   "Labels", "revision", "2");
	ci_lock_listing_config(&before, a);
	ci_lock_listing_config(&after, b);
	compare_listings(&before, &before, "");
	compare_listings(
	    &before, &after,
	    "configuration: Env changed | configuration: StopSignal new | configuration: WorkingDir dropped");
}

/* Names come from images. */
static void names_are_escaped(void **state)
{
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing before = {0}, after = {0};
	(void)ci_lock_listing_add(&after, "file", "/a b\n\x1b[31m%-\xff", "0644 0:0 1 " TEST_DIGEST "0");
	compare_listings(&before, &after, "/a b\\x0a\\x1b[31m%-\\xff new");
	compare_listings(&after, &after, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files),         cmocka_unit_test(directories),
	    cmocka_unit_test(packages),      cmocka_unit_test(packages_of_the_same_version),
	    cmocka_unit_test(many),          cmocka_unit_test(changes_everywhere),
	    cmocka_unit_test(configuration), cmocka_unit_test(names_are_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
