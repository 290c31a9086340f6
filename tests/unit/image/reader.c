#include "unit.h"

#include <stdio.h>
#include <sys/xattr.h>

#include "image.h"
#include "image/reader.h"

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "a/x", "a below");
	image_file(m, "a/y", "only below");
	image_file(m, "b/x", "b");
	image_file(m, "b/deep/x", "deep");
	image_file(m, "top", "root");
	image_link(m, "a/link", "../b/x");
	(void)image_layer(m);
	image_file(m, "a/x", "a above");
	image_index(m);
}

static void read_one(struct image_reader *r, const struct test_image *m, const char *path, const char *want)
{
	CLEANUP_BUF struct buf text = {0};
	struct err e = {0};
	CLEANUP_FD int fd = image_reader_open(r, image_node(m, path), &e);
	if (fd < 0)
		fail_msg("%s: %s", path, e.msg);
	assert_int_equal(fd_read_all(fd, 100, path, &text, NULL), 0);
	assert_string_equal(text.data, want);
}

/* Each goes from one directory or layer to another one. */
static void any_order(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_IMAGE_READER struct image_reader r = IMAGE_READER(m.index);
	for (int i = 0; i < 2; i++) {
		read_one(&r, &m, "/a/x", "a above");
		read_one(&r, &m, "/a/y", "only below");
		read_one(&r, &m, "/a/x", "a above");
		read_one(&r, &m, "/b/x", "b");
		read_one(&r, &m, "/b/deep/x", "deep");
		read_one(&r, &m, "/top", "root");
	}
}

static void a_directory_is_opened_once(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_IMAGE_READER struct image_reader r = IMAGE_READER(m.index);
	read_one(&r, &m, "/b/x", "b");
	const int fd = r.fd;
	assert_true(fd >= 0);
	assert_int_equal(renameat(m.layers.items[0].fd, "b", m.layers.items[0].fd, "moved"), 0);
	read_one(&r, &m, "/b/x", "b"); /* by the open directory */
	assert_int_equal(r.fd, fd);
	assert_int_equal(image_reader_open(&r, image_node(&m, "/b/deep/x"), NULL), -ERR_NOTFOUND);
}

static void entry_one(struct image_reader *r, const struct test_image *m, const char *path, bool open)
{
	const uint32_t id = image_node(m, path);
	struct layer_entry got, want;
	CLEANUP_FD int fd = open ? image_reader_open(r, id, NULL) : -1;
	assert_int_equal(image_reader_entry(r, id, fd, &got, NULL), 0);
	assert_int_equal(image_index_entry(m->index, id, &want, NULL), 0);
	assert_string_equal(got.path, want.path);
	assert_int_equal(got.mode, want.mode);
	assert_int_equal(got.size, want.size);
	assert_int_equal(got.mtime.tv_sec, want.mtime.tv_sec);
	assert_true(!got.link == !want.link);
	if (want.link)
		assert_string_equal(got.link, want.link);
	assert_int_equal(got.n_xattrs, want.n_xattrs);
	for (size_t i = 0; i < want.n_xattrs; i++) {
		assert_string_equal(got.xattrs[i].name, want.xattrs[i].name);
		assert_int_equal(got.xattrs[i].len, want.xattrs[i].len);
		assert_memory_equal(got.xattrs[i].value, want.xattrs[i].value, want.xattrs[i].len);
	}
	layer_entry_done(&got);
	layer_entry_done(&want);
}

static void entries(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_FD int fd = openat(m.layers.items[0].fd, "b/x", O_RDONLY | O_CLOEXEC);
	CLEANUP_FD int dir = openat(m.layers.items[0].fd, "b", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fsetxattr(fd, "user.one", "1", 1, 0), 0);
	assert_int_equal(fsetxattr(dir, "user.two", "22", 2, 0), 0);
	CLEANUP_IMAGE_READER struct image_reader r = IMAGE_READER(m.index);
	entry_one(&r, &m, "/", false);
	entry_one(&r, &m, "/a/x", true);
	entry_one(&r, &m, "/a/x", false);
	entry_one(&r, &m, "/a/link", false);
	entry_one(&r, &m, "/b", false);
	entry_one(&r, &m, "/b/x", true);
	entry_one(&r, &m, "/b/x", false);
	struct layer_entry got;
	assert_int_equal(image_reader_entry(&r, image_node(&m, "/b/x"), fd, &got, NULL), 0);
	assert_int_equal(got.n_xattrs, 1);
	layer_entry_done(&got);
}

/* What lies there now is not what the index saw. */
static void no_link_is_followed(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	struct err e = {0};
	make(&m);
	const int layer = m.layers.items[0].fd;
	CLEANUP_IMAGE_READER struct image_reader r = IMAGE_READER(m.index);
	assert_int_equal(unlinkat(layer, "b/x", 0), 0);
	assert_int_equal(symlinkat("../top", layer, "b/x"), 0);
	assert_true(image_reader_open(&r, image_node(&m, "/b/x"), &e) < 0);
	assert_non_null(strstr(e.msg, "/b/x of layer 1"));
	assert_int_equal(renameat(layer, "a", layer, "c"), 0);
	assert_int_equal(symlinkat("c", layer, "a"), 0);
	assert_true(image_reader_open(&r, image_node(&m, "/a/y"), &e) < 0);
	assert_non_null(strstr(e.msg, "/a of layer 1"));
	assert_int_equal(image_reader_open(&r, image_node(&m, "/b"), &e), -ERR_INVAL); /* a directory */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_order),
	    cmocka_unit_test(a_directory_is_opened_once),
	    cmocka_unit_test(entries),
	    cmocka_unit_test(no_link_is_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
