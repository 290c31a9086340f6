#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/walk.h"

static int setup(void **state)
{
	char path[] = "/tmp/slim-unit-XXXXXX";
	if (!mkdtemp(path))
		return -1;
	*state = mem_strdup(path);
	return 0;
}

static int teardown(void **state)
{
	int r = fd_remove_tree(AT_FDCWD, *state, NULL);
	free(*state);
	return r;
}

static int note(void *ctx, const struct walk_entry *e, struct err *err)
{
	struct stat st;
	assert_int_equal(fstatat(e->dir, e->name, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(st.st_ino == e->st.st_ino);
	assert_int_equal(e->depth, (strchr(e->path, '/') != NULL) + (strcmp(e->path, "a/z/file") == 0));
	buf_printf(ctx, "%s ", e->path);
	if (strcmp(e->name, "skip") == 0)
		return 1;
	return strcmp(e->name, "stop") == 0 ? err_set(err, ERR_CANCELLED, "test-failure", "stopped") : 0;
}

static void all_in_order(void **state)
{
	CLEANUP_BUF struct buf seen = {0};
	struct err e = {0};
	CLEANUP_FD int root = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fd_mkdir_p(root, "b", 0755, NULL), 0);
	assert_int_equal(fd_mkdir_p(root, "a/z", 0755, NULL), 0);
	assert_int_equal(mknodat(root, "a/z/file", S_IFREG | 0600, 0), 0);
	assert_int_equal(mknodat(root, "A", S_IFREG | 0600, 0), 0);
	assert_int_equal(symlinkat("a", root, "link"), 0); /* not followed */
	assert_int_equal(fd_mkdir_p(root, "b/skip/c", 0755, NULL), 0);
	assert_int_equal(walk_tree(root, note, &seen, &e), 0);
	assert_string_equal(seen.data, "A a b link a/z b/skip a/z/file ");
	assert_int_equal(mknodat(root, "a/stop", S_IFREG | 0600, 0), 0);
	seen.len = 0;
	assert_int_equal(walk_tree(root, note, &seen, &e), -ERR_CANCELLED);
	assert_string_equal(seen.data, "A a b link a/stop ");
}

static int count(void *ctx, const struct walk_entry *e, struct err *err)
{
	++*(unsigned *)ctx;
	return 0;
}

/* Deeper than there are file descriptors. */
static void deep(void **state)
{
	CLEANUP_FD int root = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int at = dup(root);
	for (int i = 0; i < 1500; i++) {
		assert_int_equal(mkdirat(at, "d", 0755), 0);
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
	}
	close(at);
	unsigned n = 0;
	struct err e = {0};
	assert_int_equal(walk_tree(root, count, &n, &e), 0);
	assert_int_equal(n, 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(all_in_order, setup, teardown),
	    cmocka_unit_test_setup_teardown(deep, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
