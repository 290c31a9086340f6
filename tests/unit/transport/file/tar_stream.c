#include "transport/fixture.h"

#include "transport/file/tar_stream.h"

/* A tar that is made while it is read, in pieces of any size. */

static const char words[] = "some words in a file";

static struct file_tar_stream *make(void)
{
	struct err e = {0};
	struct file_tar_stream *t = file_tar_stream_new();
	char block[1024];
	memset(block, 'b', sizeof(block));
	fixture_file("file", words, strlen(words));
	CLEANUP_FD int fd = open("file", O_RDONLY | O_CLOEXEC);
	assert_true(lseek(fd, 7, SEEK_SET) == 7); /* its offset doesn't matter */
	assert_ok(file_tar_stream_bytes(t, "first.json", "{}", 2, &e), &e);
	assert_ok(file_tar_stream_file(t, "second", fd, strlen(words), &e), &e);
	assert_ok(file_tar_stream_bytes(t, "empty", "", 0, &e), &e);
	assert_ok(file_tar_stream_bytes(t, "blocks", block, sizeof(block), &e), &e);
	return t;
}

static void read_in_pieces(struct file_tar_stream *t, size_t piece, struct buf *out)
{
	struct err e = {0};
	CLEANUP_IO_READER struct io_reader r = file_tar_stream_reader(t);
	char some[4096];
	for (ssize_t n; (n = r.read(r.ctx, some, piece, &e)) != 0;) {
		assert_true(n > 0);
		buf_append(out, some, (size_t)n);
	}
}

static void what_is_in_it(void **state)
{
	CLEANUP_FILE_TAR_STREAM struct file_tar_stream *t = make();
	CLEANUP_BUF struct buf whole = {0};
	read_in_pieces(t, 4096, &whole);
	assert_int_equal(whole.len, file_tar_stream_size(t));

	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	CLEANUP_BUF struct buf list = {0};
	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_memory(a, whole.data, whole.len), ARCHIVE_OK);
	while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
		char data[2000] = "";
		ssize_t n = archive_read_data(a, data, sizeof(data) - 1);
		buf_printf(&list, "%s %o %zd %.20s\n", archive_entry_pathname(entry), archive_entry_mode(entry), n,
			   data);
	}
	archive_read_free(a);
	assert_string_equal(list.data, "first.json 100644 2 {}\n"
				       "second 100644 20 some words in a file\n"
				       "empty 100644 0 \n"
				       "blocks 100644 1024 bbbbbbbbbbbbbbbbbbbb\n");
}

static void pieces_of_any_size(void **state)
{
	CLEANUP_FILE_TAR_STREAM struct file_tar_stream *t = make();
	CLEANUP_BUF struct buf whole = {0};
	read_in_pieces(t, 4096, &whole);
	for (size_t piece = 1; piece < 1200; piece += piece < 20 ? 1 : 97) {
		CLEANUP_BUF struct buf again = {0};
		read_in_pieces(t, piece, &again);
		assert_int_equal(again.len, whole.len);
		assert_memory_equal(again.data, whole.data, whole.len);
	}
}

static void a_file_that_shrank(void **state)
{
	CLEANUP_FILE_TAR_STREAM struct file_tar_stream *t = make();
	struct err e = {0};
	char some[4096];
	assert_int_equal(truncate("file", 5), 0);
	CLEANUP_IO_READER struct io_reader r = file_tar_stream_reader(t);
	ssize_t n;
	while ((n = r.read(r.ctx, some, sizeof(some), &e)) > 0)
		;
	assert_int_equal(n, -ERR_CORRUPT);
	assert_says(&e, "second");
}

static void a_name_too_long(void **state)
{
	CLEANUP_FILE_TAR_STREAM struct file_tar_stream *t = file_tar_stream_new();
	struct err e = {0};
	char name[200];
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(file_tar_stream_bytes(t, name, "", 0, &e), -ERR_LIMIT);
	assert_int_equal(file_tar_stream_size(t), 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(what_is_in_it),
	    FIXTURE_TEST(pieces_of_any_size),
	    FIXTURE_TEST(a_file_that_shrank),
	    cmocka_unit_test(a_name_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
