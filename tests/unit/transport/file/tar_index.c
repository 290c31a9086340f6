#include "transport/fixture.h"

#include "base/limits.h"
#include "transport/file/tar_index.h"
#include "transport/file/tar_writer.h"

static void read_one(const struct file_tar_index *t, const char *name, const char *want)
{
	struct err e = {0};
	CLEANUP_BUF struct buf out = {0};
	assert_ok(file_tar_index_read(t, name, 1000, &out, &e), &e);
	assert_string_equal(out.data, want);
}

static void refused(const char *path, enum err_code code, const char *text)
{
	struct err e = {0};
	struct file_tar_index *t = NULL;
	assert_int_equal(file_tar_index_open(path, ".", &t, &e), -(int)code);
	assert_says(&e, text);
}

/* Members of all kinds, with names that need extension headers. */
static void check_members(const char *path, const char *tmp_dir)
{
	struct err e = {0};
	struct file_tar_index *t = NULL;
	assert_ok(file_tar_index_open(path, tmp_dir, &t, &e), &e);
	char deep[300];
	memset(deep, 'd', sizeof(deep));
	memcpy(deep + 280, "/file", 6);
	read_one(t, "a", "first");
	read_one(t, "./a", "first");
	read_one(t, "dir//b", "second");
	read_one(t, "empty", "");
	read_one(t, deep, "deep");
	read_one(t, "dir/up", "first");
	read_one(t, "dir/hard", "second");
	read_one(t, "twice", "late");
	static const char *const absent[] = {"none", "dir",  "loop1",      "out", "abs",
					     "/a",   "../a", "etc/passwd", "",    "dangling"};
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		struct file_tar_member m;
		assert_false(file_tar_index_has(t, absent[i]));
		assert_int_equal(file_tar_index_find(t, absent[i], &m, &e), -ERR_NOTFOUND);
	}
	CLEANUP_BUF struct buf out = {0};
	assert_int_equal(file_tar_index_read(t, "a", 4, &out, &e), -ERR_LIMIT);
	file_tar_index_free(t);
}

static void members_are_found_and_links_followed(void **state)
{
	char deep[300];
	memset(deep, 'd', sizeof(deep));
	memcpy(deep + 280, "/file", 6);
	const struct fixture_member members[] = {
	    {"a", "first"},
	    {"dir/"},
	    {"dir/b", "second"},
	    {"empty", ""},
	    {deep, "deep"},
	    {"dir/up", NULL, "../a"},
	    {"twice", "early"},
	    {"dir/hard", NULL, "=dir/b"},
	    {"loop1", NULL, "loop2"},
	    {"loop2", NULL, "loop1"},
	    {"out", NULL, "../a"},
	    {"abs", NULL, "/a"},
	    {"/etc/passwd", "root"},
	    {"../a", "evil"},
	    {"dangling", NULL, "none"},
	    {"twice", "late"},
	    {NULL},
	};
	fixture_tar("plain.tar", members, 0);
	check_members("plain.tar", NULL);
	static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ,
				      ARCHIVE_FILTER_BZIP2};
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct err e = {0};
		struct file_tar_index *t = NULL;
		fixture_tar("packed", members, filters[i]);
		check_members("packed", ".");
		assert_int_equal(file_tar_index_open("packed", NULL, &t, &e), -ERR_INVAL);
		assert_int_equal(fixture_count("."), 2); /* nothing is left of the spool */
		CLEANUP_BUF struct buf b = {0};
		fixture_read("packed", &b);
		assert_int_equal(truncate("packed", (off_t)b.len / 2), 0);
		refused("packed", ERR_CORRUPT, "cut short");
	}
}

static void a_cut_archive_is_refused(void **state)
{
	char data[2001];
	memset(data, 'x', 2000);
	data[2000] = '\0';
	fixture_tar("t", (struct fixture_member[]){{"a", "first"}, {"b", data}, {NULL}}, 0);
	assert_int_equal(truncate("t", 2000), 0); /* in b's data */
	refused("t", ERR_CORRUPT, "cut short in its member b");
	assert_int_equal(truncate("t", 1200), 0); /* in b's header */
	refused("t", ERR_CORRUPT, "cut short");

	struct err e = {0};
	struct file_tar_index *t = NULL;
	struct file_tar_member m;
	assert_int_equal(truncate("t", 1024), 0); /* between members: only what is missing shows it */
	assert_ok(file_tar_index_open("t", NULL, &t, &e), &e);
	read_one(t, "a", "first");
	assert_int_equal(file_tar_index_find(t, "b", &m, &e), -ERR_NOTFOUND);
	assert_says(&e, "cut short");
	file_tar_index_free(t);
}

static void what_is_no_tar_is_refused(void **state)
{
	refused("none", ERR_NOTFOUND, "No such file");
	refused(".", ERR_INVAL, "directory");
	refused("/dev/null", ERR_INVAL, "neither a file nor a pipe");
	fixture_file("empty", "", 0);
	refused("empty", ERR_INVAL, "empty");
	fixture_file("text", "some text that is no archive\n", 29);
	refused("text", ERR_INVAL, "not a tar archive");
}

static void members_have_a_cap(void **state)
{
	struct err e = {0};
	CLEANUP_FD int fd = open("many", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	CLEANUP_BUF struct buf one = {0}, all = {0};
	assert_ok(file_tar_writer_file(fd, "x", NULL, -1, 0, &e), &e);
	fixture_read("many", &one);
	for (int i = 0; i <= LIMIT_ARCHIVE_MEMBERS; i++)
		buf_append(&all, one.data, one.len);
	fixture_file("many", all.data, all.len);
	refused("many", ERR_LIMIT, "members");
}

static void a_bomb_is_stopped(void **state)
{
	struct archive *a = archive_write_new();
	archive_write_set_format_raw(a);
	archive_write_add_filter_zstd(a);
	assert_int_equal(archive_write_open_filename(a, "bomb"), ARCHIVE_OK);
	struct archive_entry *entry = archive_entry_new();
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
	archive_entry_free(entry);
	CLEANUP_FREE char *zeros = mem_alloc(1 << 20);
	for (unsigned i = 0; i < (LIMIT_LAYER_FREE >> 20) + 2; i++)
		assert_int_equal(archive_write_data(a, zeros, 1 << 20), 1 << 20);
	archive_write_close(a);
	archive_write_free(a);
	refused("bomb", ERR_LIMIT, "decompresses");
}

static void a_pipe_is_spooled(void **state)
{
	struct err e = {0};
	CLEANUP_BUF struct buf tar = {0};
	struct file_tar_index *t = NULL;
	int fds[2];
	fixture_tar("t", (struct fixture_member[]){{"a", "first"}, {NULL}}, 0);
	fixture_read("t", &tar);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(fd_write_all(fds[1], tar.data, tar.len, NULL), 0); /* fits the pipe's buffer */
	close(fds[1]);
	CLEANUP_FREE char *path = mem_printf("/proc/self/fd/%d", fds[0]);
	assert_ok(file_tar_index_open(path, ".", &t, &e), &e);
	close(fds[0]);
	read_one(t, "a", "first");
	file_tar_index_free(t);
}

static void sizes_of_any_length_are_written(void **state)
{
	/* No such file is made: only the header is looked at. */
	struct err e = {0};
	CLEANUP_FD int fd = open("t", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	CLEANUP_FD int empty = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert_int_equal(file_tar_writer_file(fd, "big", NULL, empty, 9ull << 30, &e), -ERR_CORRUPT);
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_filename(a, "t", 512), ARCHIVE_OK);
	assert_int_equal(archive_read_next_header(a, &entry), ARCHIVE_OK);
	assert_true(archive_entry_size(entry) == 9ll << 30);
	assert_string_equal(archive_entry_pathname(entry), "big");
	archive_read_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(members_are_found_and_links_followed),
	    FIXTURE_TEST(a_cut_archive_is_refused),
	    FIXTURE_TEST(what_is_no_tar_is_refused),
	    FIXTURE_TEST(members_have_a_cap),
	    FIXTURE_TEST(a_bomb_is_stopped),
	    FIXTURE_TEST(a_pipe_is_spooled),
	    FIXTURE_TEST(sizes_of_any_length_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
