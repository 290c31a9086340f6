#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stop.h"
#include "os/fd.h"
#include "os/io.h"

static int forget(void **state)
{
	stop_forget();
	return 0;
}

static void a_reader_is_not_asked_after_a_request(void **state)
{
	struct err e = {0};
	char b[8];
	CLEANUP_IO_READER struct io_reader r = io_reader_bytes("text", 4);
	assert_int_equal(io_read(&r, b, 2, &e), 2);
	stop_request();
	assert_int_equal(io_read(&r, b, 2, &e), -ERR_CANCELLED);
}

static void a_copy_ends(void **state)
{
	struct err e = {0};
	CLEANUP_FD int from = memfd_create("from", MFD_CLOEXEC), to = memfd_create("to", MFD_CLOEXEC);
	assert_int_equal(ftruncate(from, 1 << 20), 0);
	stop_request();
	assert_int_equal(fd_copy(from, to, 1 << 20, &e), -ERR_CANCELLED);
	assert_int_equal(lseek(to, 0, SEEK_END), 0);
}

/* Of a pipe that somebody holds open, and of a fifo that nobody writes to. */
static void waiting_for_a_pipe_ends(void **state)
{
	struct err e = {0};
	int p[2];
	CLEANUP_BUF struct buf b = {0};
	assert_true(stop_open(&e) >= 0);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	stop_request();
	assert_int_equal(io_await(p[0], &e), -ERR_CANCELLED);
	assert_int_equal(fd_read_all(p[0], 100, "pipe", &b, &e), -ERR_CANCELLED);
	char dir[] = "/tmp/slim-unit-XXXXXX";
	assert_non_null(mkdtemp(dir));
	CLEANUP_FD int d = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkfifoat(d, "fifo", 0600), 0);
	assert_int_equal(fd_read_file(d, "fifo", 100, &b, &e), -ERR_CANCELLED);
	assert_int_equal(fd_remove_tree(AT_FDCWD, dir, &e), 0); /* cleans up all the same */
	close(p[0]);
	close(p[1]);
}

static void a_pipe_is_read_to_its_end(void **state)
{
	struct err e = {0};
	int p[2];
	CLEANUP_BUF struct buf b = {0};
	assert_int_equal(pipe2(p, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(write(p[1], "text", 4), 4);
	close(p[1]);
	assert_int_equal(fd_read_all(p[0], 100, "pipe", &b, &e), 0);
	assert_string_equal(b.data, "text");
	close(p[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(a_reader_is_not_asked_after_a_request, forget),
	    cmocka_unit_test_teardown(a_copy_ends, forget),
	    cmocka_unit_test_teardown(waiting_for_a_pipe_ends, forget),
	    cmocka_unit_test_teardown(a_pipe_is_read_to_its_end, forget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
