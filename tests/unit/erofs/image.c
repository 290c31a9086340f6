#include "unit.h"

#include <sys/sysmacros.h>

#include "base/limits.h"
#include "read_back.h"

#define DIR .mode = S_IFDIR | 0755
#define FILE_MODE .mode = S_IFREG | 0644

static struct layer_writer *start(int *tar)
{
	*tar = memory_file("", 0);
	return layer_writer_new(*tar, OCI_COMPRESSION_NONE, 0);
}

static void every_kind(void **state)
{
	int tar;
	CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	CLEANUP_BUF struct buf out = {0};
	PUT(w, NULL, .path = (char *)"", .mode = S_IFDIR | 01751, .uid = 7, .gid = 8, .mtime = {1600000000, 1});
	PUT(w, NULL, .path = (char *)"d", .mode = S_IFDIR | 0700, .mtime = {-2, 500000000});
	PUT(w, "one", .path = (char *)"d/a", .mode = S_IFREG | 04755, .uid = 3000000, .gid = 4000000000);
	PUT(w, NULL, .path = (char *)"d/b", FILE_MODE, .hardlink = true, .link = (char *)"d/a");
	PUT(w, NULL, .path = (char *)"d/sub", DIR);
	PUT(w, "", .path = (char *)"empty", FILE_MODE);
	PUT(w, NULL, .path = (char *)"fifo", .mode = S_IFIFO | 0620);
	PUT(w, NULL, .path = (char *)"link", .mode = S_IFLNK | 0777, .link = (char *)"d/a");
	PUT(w, NULL, .path = (char *)"null", .mode = S_IFCHR | 0666, .rdev = makedev(1, 3));
	PUT(w, NULL, .path = (char *)"sda", .mode = S_IFBLK | 0660, .rdev = makedev(259, 70000));
	PUT(w, "last", .path = (char *)"zlib", FILE_MODE);
	PUT(w, NULL, .path = (char *)"zlink", FILE_MODE, .hardlink = true, .link = (char *)"link");
	show(tar, w, &made, &out);
	close(tar);
	assert_string_equal(out.data, "41751 7:8 @1600000000.000000001 x3 /\n"
				      "40700 0:0 @-2.500000000 x3 /d\n"
				      "104755 3000000:4000000000 x2 /d/a one\n"
				      "104755 3000000:4000000000 x2 /d/b one\n"
				      "40755 0:0 x2 /d/sub\n"
				      "100644 0:0 /empty\n"
				      "10620 0:0 /fifo\n"
				      "120777 0:0 x2 /link -> d/a\n"
				      "20666 0:0 /null 103\n"
				      "60660 0:0 /sda 11110370\n"
				      "100644 0:0 /zlib last\n"
				      "120777 0:0 x2 /zlink -> d/a\n");
	assert_int_equal(made.entries, 12);
	assert_int_equal(made.files, 3);
	assert_int_equal(made.bytes, strlen("onelast"));
	assert_false(made.bare_root);
}

/* As unpacking makes them: 0755, root's, from 1970. */
static void implied_directories(void **state)
{
	int tar;
	CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	CLEANUP_BUF struct buf out = {0};
	PUT(w, "x", .path = (char *)"a/b/c", FILE_MODE);
	PUT(w, NULL, .path = (char *)"a", .mode = S_IFDIR | 0700, .uid = 5); /* it says later what it is */
	show(tar, w, &made, &out);
	close(tar);
	assert_string_equal(out.data, "40755 0:0 x3 /\n"
				      "40700 5:0 x3 /a\n"
				      "40755 0:0 x2 /a/b\n"
				      "100644 0:0 /a/b/c x\n");
	assert_true(made.bare_root);
}

/* "." and ".." are not the first names everywhere; some lie just behind each other in bytes, not in letters. */
static void odd_names(void **state)
{
	static const char *const names[] = {"!", "-", ".",   "..",   "...",         ".a",
					    "A", "a", "a b", "a\nb", "caf\xc3\xa9", "\xff"};
	int tar;
	CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	CLEANUP_BUF struct buf out = {0};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (i != 2 && i != 3)
			PUT(w, NULL, .path = (char *)names[i], DIR);
	show(tar, w, &made, &out);
	close(tar);
	assert_string_equal(out.data, "40755 0:0 x12 /\n"
				      "40755 0:0 x2 /!\n"
				      "40755 0:0 x2 /-\n"
				      "40755 0:0 x2 /...\n"
				      "40755 0:0 x2 /.a\n"
				      "40755 0:0 x2 /A\n"
				      "40755 0:0 x2 /a\n"
				      "40755 0:0 x2 /a\nb\n"
				      "40755 0:0 x2 /a b\n"
				      "40755 0:0 x2 /caf\xc3\xa9\n"
				      "40755 0:0 x2 /\xff\n");
}

static size_t count_lines(const struct buf *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == '\n';
	return n;
}

/* Names of 1 to 255 bytes, which end their blocks at every place, and many files of them. */
static void a_large_directory(void **state)
{
	int tar;
	CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	CLEANUP_BUF struct buf out = {0};
	for (unsigned i = 0; i < 6000; i++) {
		char name[LIMIT_NAME + 1];
		int n = snprintf(name, sizeof(name), "%u", i);
		memset(name + n, 'n', LIMIT_NAME - (size_t)n);
		name[i % 4 ? n + (int)i % 30 : LIMIT_NAME] = '\0';
		PUT(w, i % 7 ? "content" : "", .path = name, FILE_MODE);
	}
	show(tar, w, &made, &out);
	close(tar);
	assert_int_equal(count_lines(&out), 6001);
	assert_int_equal(made.files, 6000);
}

/* From those that fit behind their inode to those that need blocks of their own. */
static void long_targets(void **state)
{
	int tar;
	CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	CLEANUP_BUF struct buf out = {0}, want = {0};
	static const size_t lengths[] = {1, 100, 300, 447, 448, 449, 512, 1000, LIMIT_PATH};
	buf_str(&want, "40755 0:0 x2 /\n");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		char name[2] = {(char)('a' + i), '\0'};
		CLEANUP_FREE char *target = mem_alloc(lengths[i] + 1);
		memset(target, 't', lengths[i]);
		PUT(w, NULL, .path = name, .mode = S_IFLNK | 0777, .link = target);
		buf_printf(&want, "120777 0:0 /%s -> %s\n", name, target);
	}
	show(tar, w, &made, &out);
	close(tar);
	assert_string_equal(out.data, want.data);
}

static void contents_of_all_sizes(void **state)
{
	static const size_t sizes[] = {1, 511, 512, 513, 4095, 4096, 4097, 1 << 20};
	int tar;
	CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	CLEANUP_BUF struct buf out = {0}, want = {0};
	buf_str(&want, "40755 0:0 x2 /\n");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char name[2] = {(char)('a' + i), '\0'};
		CLEANUP_FREE char *content = mem_alloc(sizes[i] + 1);
		memset(content, 'A' + (int)i, sizes[i]);
		PUT(w, content, .path = name, FILE_MODE);
		buf_printf(&want, "100644 0:0 /%s %s\n", name, content);
	}
	show(tar, w, &made, &out);
	close(tar);
	assert_true(strcmp(out.data, want.data) == 0);
}

static void the_superblock(void **state)
{
	int tar;
	CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	CLEANUP_BUF struct buf image = {0};
	struct layer_digests d;
	struct err err = {0};
	PUT(w, "x", .path = (char *)"x", FILE_MODE);
	assert_ok(layer_writer_finish(w, &d, &err), &err);
	CLEANUP_FD int fd = memory_file("", 0);
	assert_ok(erofs_image_write(tar, fd, "0123456789abcdef", &made, &err), &err);
	close(tar);
	slurp(fd, &image);
	const struct erofs_super *s = at(&image, EROFS_SUPER_AT, sizeof(*s));
	assert_int_equal(le32toh(s->magic), EROFS_MAGIC);
	assert_int_equal(s->block_bits, 9);
	assert_int_equal(le64toh(s->inodes), 2);
	assert_int_equal(le32toh(s->blocks), image.len / EROFS_BLOCK);
	assert_int_equal(image.len % EROFS_BLOCK, 0);
	assert_int_equal(le32toh(s->feature_incompat), EROFS_INCOMPAT_CHUNKED_FILE | EROFS_INCOMPAT_DEVICE_TABLE);
	assert_int_equal(le16toh(s->extra_devices), 1);
	assert_memory_equal(s->uuid, "0123456789abcdef", 16);
	const struct erofs_device *device = at(&image, le16toh(s->device_slot) * sizeof(*device), sizeof(*device));
	assert_int_equal(le32toh(device->blocks), d.tar_size / EROFS_BLOCK);
}

/* Cut within a header and within contents, one that is skipped and one that was read already. */
static void a_cut_tar(void **state)
{
	static const off_t cuts[] = {100, 700, 1024 + 100, 1024 + 512 + 70000, 1024 + 512 + (1 << 20) - 1};
	CLEANUP_FREE char *content = mem_alloc((1 << 20) + 1);
	memset(content, 'x', 1 << 20);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		int tar;
		CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
		struct erofs_image made = {0};
		struct layer_digests d;
		struct err err = {0};
		CLEANUP_FD int fd = memory_file("", 0);
		PUT(w, "small", .path = (char *)"a", FILE_MODE);
		PUT(w, content, .path = (char *)"b", FILE_MODE);
		assert_ok(layer_writer_finish(w, &d, &err), &err);
		assert_int_equal(ftruncate(tar, cuts[i]), 0);
		assert_int_equal(erofs_image_write(tar, fd, "0123456789abcdef", &made, &err), -ERR_CORRUPT);
		assert_true(err.msg[0]);
		assert_null(made.samples[0].path);
		close(tar);
	}
}

static void samples_for_the_kernel(void **state)
{
	int tar;
	CLEANUP_LAYER_WRITER struct layer_writer *w = start(&tar);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	CLEANUP_BUF struct buf out = {0};
	struct layer_xattr trusted = {(char *)"trusted.t", (void *)"t", 1}, user = {(char *)"user.u", (void *)"u", 1};
	PUT(w, "", .path = (char *)"a", FILE_MODE, .xattrs = &trusted, .n_xattrs = 1);
	PUT(w, "", .path = (char *)"b", FILE_MODE, .xattrs = &user, .n_xattrs = 1);
	PUT(w, "", .path = (char *)"c", FILE_MODE, .xattrs = &user, .n_xattrs = 1);
	show(tar, w, &made, &out);
	close(tar);
	assert_string_equal(made.samples[0].path, "b");
	assert_string_equal(made.samples[0].name, "user.u");
	assert_null(made.samples[1].path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind),
	    cmocka_unit_test(implied_directories),
	    cmocka_unit_test(odd_names),
	    cmocka_unit_test(a_large_directory),
	    cmocka_unit_test(long_targets),
	    cmocka_unit_test(contents_of_all_sizes),
	    cmocka_unit_test(the_superblock),
	    cmocka_unit_test(a_cut_tar),
	    cmocka_unit_test(samples_for_the_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
