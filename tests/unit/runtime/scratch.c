#include "runtime/tree.h"

#include "runtime/scratch.h"

/* A tree with root/ (the image) and outside/ beside it. */
struct image {
	struct tree all, root;
};

static struct image image_new(void)
{
	struct image i = {.all = tree_new()};
	tree_mkdir(&i.all, "root");
	tree_mkdir(&i.all, "outside");
	i.root.fd = openat(i.all.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return i;
}

static void image_done(struct image *i)
{
	assert_int_equal(unlinkat(i->all.fd, "outside", AT_REMOVEDIR), 0); /* nothing was created in it */
	close(i->root.fd);
	tree_done(&i->all);
}

static void mkdir_one(struct image *i, const char *path, int code, const char *expected)
{
	struct err err = {0};
	CLEANUP_FD int fd = runtime_scratch_mkdir(i->root.fd, path, &err);
	if (code ? fd != -code : fd < 0)
		fail_msg("%s: %d %s", path, fd, err.msg);
	if (code)
		return;
	struct stat made, there;
	assert_int_equal(fstat(fd, &made), 0);
	if (fstatat(i->root.fd, expected, &there, AT_SYMLINK_NOFOLLOW) < 0)
		fail_msg("%s did not create %s", path, expected);
	assert_true(made.st_dev == there.st_dev && made.st_ino == there.st_ino);
	assert_int_equal(there.st_mode & 07777, 0755);
}

static void what_is_absent_is_created(void **state)
{
	CLEANUP(image_done) struct image i = image_new();
	mode_t old = umask(0077);
	mkdir_one(&i, "/", 0, ".");
	mkdir_one(&i, "/a/b/c", 0, "a/b/c");
	mkdir_one(&i, "/a//b/./c/", 0, "a/b/c");
	mkdir_one(&i, "/a/../d", 0, "d");
	mkdir_one(&i, "/../../../e", 0, "e");
	mkdir_one(&i, "/f/../../g/h/..", 0, "g");
	umask(old);
	assert_true(tree_has(&i.root, "f"));
}

static void what_exists_is_left_alone(void **state)
{
	CLEANUP(image_done) struct image i = image_new();
	tree_mkdir(&i.root, "srv/data");
	assert_int_equal(fchmodat(i.root.fd, "srv/data", 01777, 0), 0);
	CLEANUP_FD int fd = runtime_scratch_mkdir(i.root.fd, "/srv/data", NULL);
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 01777);
}

static void symlinks_stay_in_the_root(void **state)
{
	CLEANUP(image_done) struct image i = image_new();
	CLEANUP_FREE char *outside = mem_printf("%s/outside", i.all.path);
	tree_mkdir(&i.root, "real");
	tree_symlink(&i.root, "/real", "absolute");
	tree_symlink(&i.root, "../../outside", "up");
	tree_symlink(&i.root, outside, "host");
	tree_symlink(&i.root, "deep/er", "dangling");
	tree_symlink(&i.root, "absolute/../x", "chain");
	mkdir_one(&i, "/absolute/a", 0, "real/a");
	mkdir_one(&i, "/up/b", 0, "outside/b");
	mkdir_one(&i, "/dangling/c", 0, "deep/er/c");
	mkdir_one(&i, "/chain/d", 0, "x/d");
	CLEANUP_FREE char *below = mem_printf("%s/e", outside + 1);
	mkdir_one(&i, "/host/e", 0, below);
}

static void what_cannot_be_a_directory(void **state)
{
	CLEANUP(image_done) struct image i = image_new();
	tree_file(&i.root, "file", "");
	tree_symlink(&i.root, "file", "link");
	tree_symlink(&i.root, "loop", "loop");
	tree_symlink(&i.root, "b/x", "a");
	tree_symlink(&i.root, "a/x", "b");
	assert_int_equal(mkfifoat(i.root.fd, "fifo", 0600), 0);
	mkdir_one(&i, "/file", ERR_INVAL, NULL);
	mkdir_one(&i, "/file/a", ERR_INVAL, NULL);
	mkdir_one(&i, "/link", ERR_INVAL, NULL);
	mkdir_one(&i, "/fifo/a", ERR_INVAL, NULL);
	mkdir_one(&i, "/loop/a", ERR_INVAL, NULL);
	mkdir_one(&i, "/a", ERR_INVAL, NULL);
	CLEANUP_FREE char *name = mem_alloc(301);
	memset(name, 'n', 300);
	name[0] = '/';
	mkdir_one(&i, name, ERR_SYS, NULL);
}

static void docker_files(void **state)
{
	CLEANUP(image_done) struct image i = image_new();
	tree_symlink(&i.root, "../outside/env", ".dockerenv");
	assert_int_equal(runtime_scratch_docker_files(i.root.fd, NULL), 0); /* not through the symlink */
	assert_int_equal(unlinkat(i.root.fd, ".dockerenv", 0), 0);
	assert_int_equal(runtime_scratch_docker_files(i.root.fd, NULL), 0);
	assert_true(tree_has(&i.root, ".dockerenv"));
	char target[64] = "";
	assert_int_equal(readlinkat(i.root.fd, "etc/mtab", target, sizeof(target)), 12);
	assert_string_equal(target, "/proc/mounts");
	assert_int_equal(runtime_scratch_docker_files(i.root.fd, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_absent_is_created),
	    cmocka_unit_test(what_exists_is_left_alone),
	    cmocka_unit_test(symlinks_stay_in_the_root),
	    cmocka_unit_test(what_cannot_be_a_directory),
	    cmocka_unit_test(docker_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
