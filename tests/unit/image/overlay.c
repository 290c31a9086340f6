#include "unit.h"

#include <sys/statfs.h>

#include "test_store.h"

static void mount_it(struct test_store *t, const char *name, struct image_overlay *o)
{
	struct err e = {0};
	if (image_overlay_mount(t->run.fd, t->run.path, name, &t->layers, NULL, o, &e) < 0)
		fail_msg("%s", e.msg);
}

static void layers_below_one_scratch_layer(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct test_store t;
	test_store_init(&t);
	test_store_put(test_store_layer(&t), "a=1 dir/ dir/f=low");
	test_store_put(test_store_layer(&t), "a=2 dir/ dir/g=high");
	assert_int_equal(image_substitute_mknod(t.layers.items[0].fd, "null", S_IFCHR | 0666, makedev(1, 3)), 0);
	assert_int_equal(fchmod(t.layers.items[1].fd, 01770), 0);
	assert_int_equal(fchown(t.layers.items[1].fd, 11, 12), 0);
	assert_int_equal(fsetxattr(t.layers.items[1].fd, "user.mine", "v", 1, 0), 0);
	const struct timespec times[2] = {{5, 6}, {7, 8}};
	assert_int_equal(futimens(t.layers.items[1].fd, times), 0);
	struct image_overlay o;
	mount_it(&t, "run0", &o);
	assert_true(strstr(o.path, t.run.path) == o.path);
	struct stat st;
	assert_int_equal(fstat(o.fd, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 01770);
	assert_int_equal(st.st_uid, 11);
	assert_int_equal(st.st_gid, 12);
	assert_int_equal(st.st_mtim.tv_sec, 7);
	assert_int_equal(st.st_mtim.tv_nsec, 8);
	char value[4];
	assert_int_equal(getxattr(o.path, "user.mine", value, sizeof(value)), 1);
	CLEANUP_BUF struct buf b = {0};
	assert_int_equal(fd_read_file(o.fd, "a", 100, &b, NULL), 0);
	assert_string_equal(b.data, "2");
	assert_int_equal(faccessat(o.fd, "dir/f", F_OK, 0), 0);
	assert_int_equal(fstatat(o.fd, "null", &st, 0), 0);
	CLEANUP_FD int null = openat(o.fd, "null", O_RDWR | O_CLOEXEC);
	assert_int_equal(null < 0, S_ISCHR(st.st_mode)); /* device nodes are there, and do not work */

	CLEANUP_FD int fd = openat(o.fd, "dir/f", O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(fd_write_all(fd, "new", 3, NULL), 0);
	assert_int_equal(unlinkat(o.fd, "a", 0), 0);
	b.len = 0;
	assert_int_equal(fd_read_file(t.layers.items[0].fd, "dir/f", 100, &b, NULL), 0);
	assert_string_equal(b.data, "low");
	assert_int_equal(faccessat(t.layers.items[1].fd, "a", F_OK, 0), 0);

	struct image_overlay second; /* beside it, on the same layers */
	mount_it(&t, "run1", &second);
	assert_int_equal(faccessat(second.fd, "a", F_OK, 0), 0);
	image_overlay_done(&second);

	CLEANUP_FREE char *path = mem_strdup(o.path);
	image_overlay_done(&o); /* with files open in it */
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_not_equal(faccessat(t.run.fd, "run0", F_OK, 0), 0);
	test_store_done(&t);
}

static void a_scratch_layer_that_was_left(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct test_store t;
	test_store_init(&t);
	test_store_put(test_store_layer(&t), "a=1 b=1");
	struct image_overlay o;
	mount_it(&t, "run0", &o);
	assert_int_equal(unlinkat(o.fd, "a", 0), 0);
	CLEANUP_FD int fd = openat(o.fd, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(chmod(o.path, 0711), 0);
	image_overlay_leave(&o);
	assert_null(o.path);
	for (int i = 0; i < 2; i++) { /* and once more, after which nothing is left */
		struct stat st;
		assert_int_equal(image_overlay_mount_again(t.run.fd, t.run.path, "run0", &t.layers, NULL, &o, NULL), 0);
		assert_int_equal(faccessat(o.fd, "new", F_OK, 0) == 0, i == 0);
		assert_int_equal(faccessat(o.fd, "a", F_OK, 0) == 0, i == 1);
		assert_int_equal(faccessat(o.fd, "b", F_OK, 0), 0);
		assert_int_equal(fstat(o.fd, &st), 0);
		assert_int_equal((st.st_mode & 07777) == 0711, i == 0);
		image_overlay_done(&o);
	}
	assert_int_not_equal(faccessat(t.run.fd, "run0", F_OK, 0), 0);
	test_store_done(&t);
}

static void many_one(size_t n)
{
	struct test_store t;
	test_store_init(&t);
	for (size_t i = 0; i < n; i++) {
		CLEANUP_FREE char *words = mem_printf("f%zu=%zu last=%zu", i, i, i);
		test_store_put(test_store_layer(&t), words);
	}
	struct image_overlay o;
	mount_it(&t, "run0", &o);
	for (size_t i = 0; i < n; i++) {
		CLEANUP_FREE char *name = mem_printf("f%zu", i);
		assert_int_equal(faccessat(o.fd, name, F_OK, 0), 0);
	}
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_FREE char *top = mem_printf("%zu", n - 1);
	assert_int_equal(fd_read_file(o.fd, "last", 100, &b, NULL), 0);
	assert_string_equal(b.data, top);
	image_overlay_done(&o);
	test_store_done(&t);
}

static void many_layers(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	many_one(1);
	many_one(128);
	many_one(400);
}

/* overlayfs refuses one directory in two places, and heeds no opaque mark on a layer's root. */
static void repeated_layers_and_an_opaque_root(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct test_store t;
	test_store_init(&t);
	test_store_put(test_store_layer(&t), "low=1");
	test_store_put(test_store_layer(&t), "mid=1");
	test_store_put(test_store_layer(&t), "high=1");
	struct image_layer *l = &t.layers.items[2];
	close(l->fd);
	free(l->path);
	l->path = mem_strdup(t.layers.items[0].path);
	l->fd = fcntl(t.layers.items[0].fd, F_DUPFD_CLOEXEC, 0);
	struct image_overlay o;
	mount_it(&t, "run0", &o);
	assert_int_equal(faccessat(o.fd, "low", F_OK, 0), 0);
	assert_int_equal(faccessat(o.fd, "mid", F_OK, 0), 0);
	image_overlay_done(&o);

	assert_int_equal(fsetxattr(t.layers.items[1].fd, image_substitute_opaque(), "y", 1, 0), 0);
	t.layers.count--;
	mount_it(&t, "run0", &o);
	assert_int_equal(faccessat(o.fd, "mid", F_OK, 0), 0);
	assert_int_not_equal(faccessat(o.fd, "low", F_OK, 0), 0);
	image_overlay_done(&o);
	t.layers.count++;
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_scratch_layer_that_was_left),
	    cmocka_unit_test(layers_below_one_scratch_layer),
	    cmocka_unit_test(many_layers),
	    cmocka_unit_test(repeated_layers_and_an_opaque_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
