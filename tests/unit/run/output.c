#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "run/output.h"

#define MUCH (3u << 20) /* more than a pipe holds */

static char *content(int fd, size_t *n)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = mem_alloc((size_t)size + 1);
	assert_int_equal(pread(fd, text, (size_t)size, 0), size);
	text[size] = '\0';
	*n = (size_t)size;
	return text;
}

static int file(void)
{
	FILE *f = tmpfile();
	int fd = dup(fileno(f));
	fclose(f);
	return fd;
}

static struct run_output *open_one(int to)
{
	struct run_output *o = NULL;
	struct err err = {0};
	if (run_output_open(to, NULL, &o, &err) < 0)
		fail_msg("%s", err.msg);
	return o;
}

static void all_is_there_after_the_cut(void **state)
{
	CLEANUP_FD int to = file();
	struct run_output *o = open_one(to);
	CLEANUP_FREE char *block = mem_alloc(MUCH);
	size_t n;
	memset(block, 'x', MUCH);
	assert_int_equal(write(run_output_end(o), block, MUCH), MUCH); /* is read meanwhile, else this hangs */
	assert_int_equal(write(run_output_end(o), "end", 3), 3);
	assert_int_equal(run_output_cut(o, NULL), 0);
	CLEANUP_FREE char *got = content(to, &n);
	assert_int_equal(n, MUCH + 3);
	assert_string_equal(got + MUCH, "end");
	assert_false(run_output_is_over(o)); /* the end is still open here */
	run_output_close(o);
}

/* A process that goes on writing neither blocks nor gets into the file. */
static void what_comes_after_the_cut_is_dropped(void **state)
{
	CLEANUP_FD int to = file();
	struct run_output *o = open_one(to);
	CLEANUP_FD int left = dup(run_output_end(o));
	CLEANUP_FREE char *block = mem_alloc(MUCH);
	size_t n;
	run_output_started(o);
	assert_int_equal(write(left, "kept", 4), 4);
	assert_int_equal(run_output_cut(o, NULL), 0);
	assert_false(run_output_is_over(o));
	memset(block, 'x', MUCH);
	assert_int_equal(write(left, block, MUCH), MUCH);
	assert_int_equal(run_output_cut(o, NULL), 0); /* again: nothing */
	CLEANUP_FREE char *got = content(to, &n);
	assert_string_equal(got, "kept");
	run_output_close(o);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(write(left, "x", 1), -1);
}

static void nobody_writes_any_more(void **state)
{
	CLEANUP_FD int to = file();
	struct run_output *o = open_one(to);
	run_output_started(o);
	assert_int_equal(run_output_cut(o, NULL), 0);
	assert_true(run_output_is_over(o));
	run_output_close(o);
	run_output_close(NULL);
	assert_int_equal(run_output_cut(NULL, NULL), 0);
}

static void a_full_disk_is_an_error(void **state)
{
	CLEANUP_FD int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct run_output *o = open_one(full);
	CLEANUP_FREE char *block = mem_alloc(MUCH);
	struct err err = {0};
	memset(block, 'x', MUCH);
	assert_int_equal(write(run_output_end(o), block, MUCH), MUCH); /* the container is not held up */
	assert_int_equal(run_output_cut(o, &err), -ERR_SYS);
	assert_string_equal(err.id, "container-output-write");
	run_output_close(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_is_there_after_the_cut),
	    cmocka_unit_test(what_comes_after_the_cut_is_dropped),
	    cmocka_unit_test(nobody_writes_any_more),
	    cmocka_unit_test(a_full_disk_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
