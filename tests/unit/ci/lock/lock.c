#include "listings.h"

#define HEAD CI_LOCK_SCHEMA "\nsize_bytes 3\ncompressed_bytes 2\n"
#define DIGEST TEST_DIGEST "f"

static void text(void **state)
{
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing l = {.size_bytes = 60, .compressed_bytes = 20};
	CLEANUP_BUF struct buf got = {0};
	listing_fill(&l, "/b>a c@1:/c/x=1 c@1:/c/y=1 /a=1 /d/");
	ci_lock_write(&l, &got);
	assert_string_equal(got.data, CI_LOCK_SCHEMA
			    "\nsize_bytes 60\ncompressed_bytes 20\n"
			    "directory /d 0700 0:0\n"
			    "file /a 0644 0:0 10 " TEST_DIGEST "1\n"
			    "link /b a\n"
			    "package dpkg c 1 amd64 2 20 "
			    "1cc30409d5481ff2392ea494021949d6939c1a29f74ed90cc5856275b24e1de5 Zdbn7g2MGbze\n");
}

static void parse_one(const char *lines, const char *id)
{
	CLEANUP_CI_LOCK struct ci_lock lock = {0};
	struct err e = {0};
	const int r = ci_lock_parse(lines, strlen(lines), &lock, &e);
	if (strcmp(e.id, id) != 0)
		fail_msg("%s: %s: %s, not %s", lines, e.id, e.msg, id);
	assert_int_equal(r, -(int)e.code);
	assert_true(r == 0 || (!lock.items && !lock.count));
}

static void parse(void **state)
{
	static const char *const good[] = {HEAD,
					   CI_LOCK_SCHEMA,
					   HEAD "file /a 0644 0:0 1 " DIGEST "\n",
					   HEAD "file /a 0644 0:0 1 " DIGEST " xattrs:0123456789abcdef\r\n\r\n",
					   HEAD "link /a -\nconfig %2D x\nspecial /n c:1:3 0666 0:0",
					   HEAD "files / 2 3 " DIGEST " AAAABBBBCCCC\n",
					   HEAD "package apk a 1 x 1 3 " DIGEST " AAAABB\n"};
	static const struct {
		const char *lines, *id;
	} bad[] = {{"", "lock-schema-unknown"},
		   {"slim.lock/v2\n", "lock-schema-unknown"},
		   {"{}", "lock-schema-unknown"},
		   {HEAD "size_bytes 3\n", "lock-malformed"},
		   {CI_LOCK_SCHEMA "\nsize_bytes -3\n", "lock-malformed"},
		   {CI_LOCK_SCHEMA "\nsize_bytes 1234567890123456789\n", "lock-malformed"},
		   {HEAD "<<<<<<< HEAD\n", "lock-conflict"},
		   {HEAD "hardlink /a /b\n", "lock-line-unknown"},
		   {HEAD " file\n", "lock-malformed"},
		   {HEAD "file\n", "lock-malformed"},
		   {HEAD "file /a\n", "lock-malformed"},
		   {HEAD "file a 0644 0:0 1 " DIGEST "\n", "lock-malformed"},
		   {HEAD "file /a%0g 0644 0:0 1 " DIGEST "\n", "lock-malformed"},
		   {HEAD "file /a%00 0644 0:0 1 " DIGEST "\n", "lock-malformed"},
		   {HEAD "file /a%2 0644 0:0 1 " DIGEST "\n", "lock-malformed"},
		   {HEAD "file /a  0644 0:0 1 " DIGEST "\n", "lock-malformed"},
		   {HEAD "file /\xc3\xa4 0644 0:0 1 " DIGEST "\n", "lock-malformed"},
		   {HEAD "link /a b\nlink /a c\n", "lock-malformed"},
		   {HEAD "files /a 0 3 " DIGEST " \n", "lock-malformed"},
		   {HEAD "files /a 2 3 " DIGEST " AAAABB\n", "lock-malformed"},
		   {HEAD "files /a 100000000000000000 3 " DIGEST " AAAABB\n", "lock-malformed"},
		   {HEAD "files /a 1 3 0123 AAAABB\n", "lock-malformed"},
		   {HEAD "package apk a 1 1 3 " DIGEST " AAAABB\n", "lock-malformed"}};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		parse_one(good[i], "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		parse_one(bad[i].lines, bad[i].id);
}

static void values(void **state)
{
	CLEANUP_CI_LOCK struct ci_lock lock = {0};
	const char *lines = HEAD "package apk a%20b 1 - 2 7 " DIGEST " AAAABBCCCCDD\n";
	assert_int_equal(ci_lock_parse(lines, strlen(lines), &lock, NULL), 0);
	assert_int_equal(lock.size_bytes, 3);
	assert_int_equal(lock.compressed_bytes, 2);
	assert_int_equal(lock.count, 1);
	assert_int_equal(lock.items[0].kind, CI_LOCK_PACKAGE);
	assert_int_equal(lock.items[0].n_key, strlen("apk a%20b 1 -"));
	assert_int_equal(lock.items[0].count, 2);
	assert_int_equal(lock.items[0].bytes, 7);
	assert_string_equal(lock.items[0].marks, "AAAABBCCCCDD");
}

static void messages(void **state)
{
	CLEANUP_CI_LOCK struct ci_lock lock = {0};
	struct err e = {0};
	const char *lines = HEAD "link /a b\nlink /b\n";
	assert_int_equal(ci_lock_parse(lines, strlen(lines), &lock, &e), -ERR_CORRUPT);
	assert_string_equal(e.msg, "line 5: the line ends too early");
}

static size_t count_of(const struct ci_lock *lock, enum ci_lock_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < lock->count; i++)
		n += lock->items[i].kind == kind;
	return n;
}

/* Files of no package, so many in each of so many directories, of so deep a tree. */
static void fold_one(size_t dirs, size_t files, size_t depth, size_t want_files, size_t want_sums)
{
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing l = {0};
	CLEANUP_CI_LOCK struct ci_lock lock = {0};
	for (size_t d = 0; d < dirs; d++)
		for (size_t f = 0; f < files; f++) {
			CLEANUP_BUF struct buf path = {0};
			for (size_t i = 0; i < depth; i++)
				buf_printf(&path, "/%zu", d >> (4 * (depth - 1 - i)));
			buf_printf(&path, "/f%zu=1", f);
			listing_fill(&l, path.data);
		}
	listing_lock(&l, &lock);
	assert_int_equal(count_of(&lock, CI_LOCK_FILE), want_files);
	assert_int_equal(count_of(&lock, CI_LOCK_FILES), want_sums);
	assert_true(lock.count <= CI_LOCK_LINES);
}

static void folds(void **state)
{
	fold_one(2, 1000, 1, 2000, 0);
	fold_one(3, 1000, 1, 0, 3);
	fold_one(20, 200, 1, 0, 20);
	fold_one(1000, 3, 3, 0, 1000);
	fold_one(4000, 2, 3, 0, 250); /* the third component is too many */
}

/* The fullest directories are put together first. */
static void folds_the_fullest(void **state)
{
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing l = {0};
	CLEANUP_CI_LOCK struct ci_lock lock = {0};
	for (size_t f = 0; f < 3000; f++) {
		CLEANUP_FREE char *word = mem_printf("/%s/f%zu=1", f < 2800 ? "vendor" : "app", f);
		listing_fill(&l, word);
	}
	listing_lock(&l, &lock);
	assert_int_equal(count_of(&lock, CI_LOCK_FILE), 200);
	assert_int_equal(count_of(&lock, CI_LOCK_FILES), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text),     cmocka_unit_test(parse), cmocka_unit_test(values),
	    cmocka_unit_test(messages), cmocka_unit_test(folds), cmocka_unit_test(folds_the_fullest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
