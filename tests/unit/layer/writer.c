#include "unit.h"

#include <sys/sysmacros.h>

#include "base/limits.h"
#include "layer/tar_header.h"
#include "layer/writer.h"
#include "support.h"

#define CAPABILITY "\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ACL "\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x04\0\x04\0\xff\xff\xff\xff\x20\0\x04\0\xff\xff\xff\xff"

struct item {
	struct layer_entry e;
	const char *content;
};

#define TIME                                                                                                           \
	{                                                                                                              \
		1000000000, 0                                                                                          \
	}

static char long_path[LIMIT_PATH + 1], long_name[LIMIT_NAME + 1], long_target[LIMIT_PATH + 1];

static int make_names(void **state)
{
	memset(long_name, 'n', LIMIT_NAME);
	for (size_t i = 0; i < LIMIT_PATH; i++)
		long_path[i] = i % 256 == 255 ? '/' : 'p'; /* components of 255 bytes */
	memset(long_target, 't', LIMIT_PATH);
	memcpy(long_target, "../", 3);
	return 0;
}

/* Everything that a layer can hold. */
static size_t make_items(struct item *items)
{
	static struct layer_xattr capability = {(char *)"security.capability", (void *)CAPABILITY, 20};
	static struct layer_xattr many[] = {
	    {(char *)"system.posix_acl_access", (void *)ACL, 28},
	    {(char *)"trusted.x", (void *)"", 0},
	    {(char *)"user.a%b", (void *)"100%", 4},
	    {(char *)"user.bytes", (void *)"\0\n=\xff\0", 5},
	    {(char *)"user.\xc3\xa9", (void *)"\xe9", 1},
	};
	const struct item all[] = {
	    {{.path = (char *)"", .mode = S_IFDIR | 0755, .mtime = TIME}, NULL},
	    {{.path = (char *)"bin", .mode = S_IFLNK | 0777, .link = (char *)"usr/bin", .mtime = TIME}, NULL},
	    {{.path = (char *)"caf\xc3\xa9", .mode = S_IFREG | 0644, .size = 1, .mtime = TIME}, "1"},
	    {{.path = (char *)"cafe\xcc\x81", .mode = S_IFREG | 0644, .size = 1, .mtime = TIME}, "2"},
	    {{.path = (char *)"caf\xe9", .mode = S_IFREG | 0644, .size = 1, .mtime = TIME}, "3"},
	    {{.path = (char *)"dangling", .mode = S_IFLNK | 0777, .link = (char *)"/no/where/../x", .mtime = TIME},
	     NULL},
	    {{.path = (char *)"dev", .mode = S_IFDIR | 01777, .mtime = TIME}, NULL},
	    {{.path = (char *)"dev/disk", .mode = S_IFBLK | 0660, .gid = 6, .rdev = makedev(259, 70000), .mtime = TIME},
	     NULL},
	    {{.path = (char *)"dev/fifo", .mode = S_IFIFO | 0600, .mtime = TIME}, NULL},
	    {{.path = (char *)"dev/null", .mode = S_IFCHR | 0666, .rdev = makedev(1, 3), .mtime = TIME}, NULL},
	    {{.path = (char *)"dev/whiteout", .mode = S_IFCHR, .mtime = TIME}, NULL},
	    {{.path = (char *)"empty", .mode = S_IFREG | 0600, .mtime = TIME}, ""},
	    {{.path = long_path, .mode = S_IFREG | 0644, .size = 4, .mtime = TIME}, "long"},
	    {{.path = (char *)"hard", .mode = S_IFREG | 0644, .link = long_path, .hardlink = true, .mtime = TIME},
	     NULL},
	    {{.path = (char *)"line\nbreak and \\ \x1b[31m", .mode = S_IFREG | 0644, .size = 1, .mtime = TIME}, "x"},
	    {{.path = long_name, .mode = S_IFDIR | 0700, .mtime = TIME}, NULL},
	    {{.path = (char *)"owner", .mode = S_IFREG | 0644, .uid = 4294967294, .gid = 2097152, .mtime = TIME}, ""},
	    {{.path = (char *)"owner-max-octal", .mode = S_IFREG | 0644, .uid = 2097151, .gid = 1, .mtime = TIME}, ""},
	    {{.path = (char *)"ping",
	      .mode = S_IFREG | 0755,
	      .size = 1,
	      .mtime = TIME,
	      .xattrs = &capability,
	      .n_xattrs = 1},
	     "p"},
	    {{.path = (char *)"sgid", .mode = S_IFDIR | 02775, .gid = 50, .mtime = TIME}, NULL},
	    {{.path = (char *)"su", .mode = S_IFREG | 06755, .size = 2, .mtime = TIME}, "su"},
	    {{.path = (char *)"symlink-long", .mode = S_IFLNK | 0777, .link = long_target, .mtime = TIME}, NULL},
	    {{.path = (char *)"symlink-latin", .mode = S_IFLNK | 0777, .link = (char *)"\xe9", .mtime = TIME}, NULL},
	    {{.path = (char *)"time-epoch", .mode = S_IFREG | 0644}, ""},
	    {{.path = (char *)"time-far", .mode = S_IFREG | 0644, .mtime = {1LL << 34, 1}}, ""},
	    {{.path = (char *)"time-before", .mode = S_IFREG | 0644, .mtime = {-2, 600000000}}, ""},
	    {{.path = (char *)"time-just-before", .mode = S_IFREG | 0644, .mtime = {-1, 999999999}}, ""},
	    {{.path = (char *)"time-minus-one", .mode = S_IFREG | 0644, .mtime = {-1, 0}}, ""},
	    {{.path = (char *)"time-nano", .mode = S_IFREG | 0644, .mtime = {1000000000, 123456780}}, ""},
	    {{.path = (char *)"xattrs", .mode = S_IFDIR | 0755, .mtime = TIME, .xattrs = many, .n_xattrs = 5}, NULL},
	};
	memcpy(items, all, sizeof(all));
	return sizeof(all) / sizeof(all[0]);
}

static void write_items(enum oci_compression c, struct buf *out, struct layer_digests *d)
{
	struct item items[64];
	size_t n = make_items(items);
	struct err err = {0};
	CLEANUP_FD int fd = temp_file();
	CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(fd, c, 0);
	for (size_t i = 0; i < n; i++) {
		CLEANUP_FD int content = items[i].content ? temp_file_with(items[i].content, items[i].e.size) : -1;
		assert_ok(layer_writer_add(w, &items[i].e, content, &err), &err);
	}
	assert_ok(layer_writer_finish(w, d, &err), &err);
	slurp(fd, out);
}

static void everything_comes_back(void **state)
{
	struct oci_digest diff_id = {0};
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_BUF struct buf blob = {0}, again = {0};
		struct layer_digests d, d2;
		write_items(c, &blob, &d);
		write_items(c, &again, &d2);
		assert_int_equal(blob.len, again.len);
		assert_memory_equal(blob.data, again.data, blob.len);
		if (c > 0)
			assert_string_equal(d.diff_id.text, diff_id.text);
		diff_id = d.diff_id;

		struct item items[64];
		size_t n = make_items(items);
		struct err err = {0};
		CLEANUP_LAYER_READER struct layer_reader *r = layer_reader_new(buf_source(&blob));
		for (size_t i = 0; i < n; i++) {
			const struct layer_entry *e;
			CLEANUP_BUF struct buf want = {0}, got = {0};
			assert_ok(layer_reader_next(r, &e, &err), &err);
			describe_entry(&want, &items[i].e);
			describe_entry(&got, e);
			assert_string_equal(got.data, want.data);
			assert_string_equal(e->path, items[i].e.path);
			if (e->link)
				assert_string_equal(e->link, items[i].e.link);
			const void *data;
			size_t len;
			uint64_t at;
			int rc = layer_reader_data(r, &data, &len, &at, &err);
			assert_int_equal(rc, items[i].e.size > 0);
			if (rc) {
				assert_int_equal(len, items[i].e.size);
				assert_memory_equal(data, items[i].content, len);
				assert_int_equal(layer_reader_data(r, &data, &len, &at, &err), 0);
			}
		}
		struct layer_digests read;
		assert_ok(layer_reader_finish(r, &read, &err), &err);
		assert_string_equal(read.blob.text, d.blob.text);
		assert_string_equal(read.diff_id.text, d.diff_id.text);
		assert_int_equal(read.blob_size, d.blob_size);
		assert_int_equal(read.tar_size, d.tar_size);
	}
}

/* What the reader makes of a file with holes can be written and read again, with the zeros in it. */
static void large_content(void **state)
{
	static const size_t sizes[] = {511, 512, 513, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 3 << 20};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CLEANUP_FREE char *content = mem_alloc(sizes[i]);
		for (size_t k = 0; k < sizes[i]; k++)
			content[k] = (char)(k * 7 >> 9);
		CLEANUP_FD int in = temp_file_with(content, sizes[i]), fd = temp_file();
		CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(fd, OCI_COMPRESSION_GZIP, 1);
		struct layer_entry e = {.path = (char *)"f", .mode = S_IFREG | 0644, .size = sizes[i], .mtime = TIME};
		struct layer_digests d;
		struct oci_digest digest;
		struct err err = {0};
		CLEANUP_BUF struct buf blob = {0}, out = {0};
		assert_ok(layer_writer_add(w, &e, in, &err), &err);
		assert_ok(layer_writer_finish(w, &d, &err), &err);
		slurp(fd, &blob);
		assert_ok(describe_layer(buf_source(&blob), &out, &d, &err), &err);
		oci_digest_of(content, sizes[i], &digest);
		CLEANUP_FREE char *want = mem_printf("100644 0:0 %zu f %.8s\n", sizes[i], oci_digest_hex(&digest));
		assert_string_equal(out.data, want);
	}
}

static void sizes_above_8_gib(void **state)
{
	struct layer_entry e = {.path = (char *)"huge", .mode = S_IFREG | 0644, .size = 1ull << 35, .mtime = TIME};
	const struct layer_entry *got;
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	assert_ok(layer_tar_header_append(&e, &b, &err), &err);
	CLEANUP_LAYER_READER struct layer_reader *r = layer_reader_new(buf_source(&b));
	assert_int_equal(layer_reader_next(r, &got, &err), 1);
	assert_int_equal(got->size, 1ull << 35);
}

/* Names around what ustar's name and prefix hold: no pax header where they do. */
static void ustar_where_it_suffices(void **state)
{
	static const struct {
		size_t dir, name; /* lengths; the path is dir/name */
		bool pax;
	} cases[] = {
	    {0, 100, false}, {0, 101, true},   {50, 49, false}, {50, 100, false}, {155, 100, false},
	    {156, 99, true}, {155, 101, true}, {1, 100, false}, {254, 1, true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf path = {0}, b = {0};
		struct err err = {0};
		for (size_t k = 0; k < cases[i].dir; k++)
			buf_char(&path, 'd');
		if (cases[i].dir)
			buf_char(&path, '/');
		for (size_t k = 0; k < cases[i].name; k++)
			buf_char(&path, 'n');
		struct layer_entry e = {.path = path.data, .mode = S_IFREG | 0644, .mtime = TIME};
		const struct layer_entry *got;
		assert_ok(layer_tar_header_append(&e, &b, &err), &err);
		assert_int_equal(b.len, cases[i].pax ? 3 * 512 : 512);
		CLEANUP_LAYER_READER struct layer_reader *r = layer_reader_new(buf_source(&b));
		assert_int_equal(layer_reader_next(r, &got, &err), 1);
		assert_string_equal(got->path, path.data);
	}
}

static void refuse(const struct layer_entry *e, int content, enum err_code code, const char *words)
{
	CLEANUP_FD int fd = temp_file();
	CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(fd, OCI_COMPRESSION_NONE, 0);
	for (int i = 0; i < 2; i++) {
		struct err err = {0};
		assert_int_equal(layer_writer_add(w, e, content, &err), -(int)code);
		if (!strstr(err.msg, words) || !strstr(err.msg, "\"dir/f\""))
			fail_msg("\"%s\" says nothing of \"%s\" or the entry", err.msg, words);
	}
	struct layer_digests d;
	assert_int_equal(layer_writer_finish(w, &d, NULL), -(int)code);
}

static void bad_input_names_the_entry(void **state)
{
	CLEANUP_FD int in = temp_file_with("12345", 5);
	struct layer_entry e = {.path = (char *)"dir/f", .mode = S_IFREG | 0644, .size = 6};
	refuse(&e, in, ERR_CORRUPT, "shorter than the 6 bytes");
	e.size = 4;
	refuse(&e, in, ERR_CORRUPT, "longer than the 4 bytes");
	e.size = 0;
	refuse(&e, in, ERR_CORRUPT, "longer than the 0 bytes");
	e.size = 1 << 20;
	refuse(&e, in, ERR_CORRUPT, "shorter");
	e.size = 5;
	refuse(&e, -1, ERR_INVAL, "without content");
	e.mode = S_IFDIR | 0755;
	refuse(&e, in, ERR_INVAL, "not a file");
	e.mode = S_IFLNK | 0777;
	refuse(&e, -1, ERR_INVAL, "target");

	struct layer_xattr x = {(char *)"user.a=b", (void *)"", 0};
	e = (struct layer_entry){.path = (char *)"dir/f", .mode = S_IFDIR | 0755, .xattrs = &x, .n_xattrs = 1};
	refuse(&e, -1, ERR_UNSUPPORTED, "'='");
	CLEANUP_FREE char *big = mem_alloc(LIMIT_XATTR_BYTES);
	struct layer_xattr many[17];
	for (int i = 0; i < 17; i++)
		many[i] = (struct layer_xattr){(char *)"user.x", big, LIMIT_XATTR_BYTES};
	e.xattrs = many;
	e.n_xattrs = 17;
	refuse(&e, -1, ERR_LIMIT, "extended attributes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_comes_back),     cmocka_unit_test(large_content),
	    cmocka_unit_test(sizes_above_8_gib),         cmocka_unit_test(ustar_where_it_suffices),
	    cmocka_unit_test(bad_input_names_the_entry),
	};
	return cmocka_run_group_tests(tests, make_names, NULL);
}
