#include "unit.h"

#include "layer/reader.h"
#include "support.h"

#define LONG "d{90}/e{90}/f{200}"

static void golden(const char *name, const char *want)
{
	CLEANUP_BUF struct buf tar = {0}, out = {0}, blob = {0};
	struct layer_digests d;
	struct oci_digest digest;
	struct err err = {0};
	CLEANUP_FREE char *path = mem_printf("%s/layer/%s.tar", getenv("SLIM_TEST_GOLDEN"), name);
	assert_ok(fd_read_file(AT_FDCWD, path, 1 << 20, &tar, &err), &err);
	oci_digest_of(tar.data, tar.len, &digest);
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		encode(tar.data, tar.len, c, 0, &blob);
		out.len = 0;
		assert_ok(describe_layer(memory_source(blob.data, blob.len, 1000), &out, &d, &err), &err);
		assert_string_equal(out.data, want);
		assert_string_equal(d.diff_id.text, digest.text);
	}
}

/* The same names, in the two forms that hold any. */
static void long_names(void **state)
{
	static const char *const forms[] = {"names-gnu", "names-pax"};
	for (size_t i = 0; i < 2; i++)
		golden(forms[i], "100644 0:0 5 " LONG " bbdbb75b\n"
				 "100644 0:0 2 caf\xc3\xa9 a3a5e715\n"
				 "100644 0:0 2 cafe\xcc\x81 8d74beec\n"
				 "100644 0:0 2 caf\\xe9 6d7ebc44\n"
				 "100644 0:0 0 hard => " LONG "\n"
				 "120644 0:0 0 soft -> " LONG "\n"
				 "120644 0:0 0 soft-nfd -> cafe\xcc\x81\n");
}

static void short_names(void **state)
{
	golden("names-ustar", "100644 0:0 2 caf\xc3\xa9 a3a5e715\n"
			      "100644 0:0 2 cafe\xcc\x81 8d74beec\n"
			      "100644 0:0 2 caf\\xe9 6d7ebc44\n");
	golden("names-v7", "100644 0:0 2 caf\xc3\xa9 a3a5e715\n"
			   "100644 0:0 2 caf\\xe9 6d7ebc44\n");
}

static void sparse_files(void **state)
{
	static const char *names[] = {"sparse-gnu", "sparse-0.0", "sparse-0.1", "sparse-1.0"};
	for (int i = 0; i < 4; i++)
		golden(names[i], "100644 0:0 589829 sparse 087e6c9a 9 holes\n");
}

static void acls_become_xattrs(void **state)
{
#define ACLS                                                                                                           \
	"040755 0:0 0 dir system.posix_acl_access="                                                                    \
	"0200000001000700ffffffff020005009210000004000500ffffffff10000500ffffffff20000500ffffffff"                     \
	" system.posix_acl_default="                                                                                   \
	"0200000001000700ffffffff04000500ffffffff08000700b80b000010000700ffffffff20000500ffffffff\n"                   \
	"100664 0:0 2 file system.posix_acl_access="                                                                   \
	"0200000001000600ffffffff020007009210000004000400ffffffff08000500d007000010000600ffffffff20000400ffffffff"     \
	" user.bytes=0001ff00 87428fc5\n"
	golden("acl", ACLS);
	golden("acl-both", ACLS);
}

static void python(void **state)
{
	golden("python-pax", "040755 0:0 0 (root)\n"
			     "100644 0:0 8 caf\\xe9 8aa4c771\n"
			     "100644 0:0 11 cafe\xcc\x81 a95c16aa\n"
			     "100644 3000000:4294967294 0 big-owner\n"
			     "100644 0:0 0 1000000000+500000000 half\n"
			     "100644 0:0 0 -2+500000000 before-1970\n"
			     "100644 0:0 0 -1+750000000 just-before-1970\n"
			     "100644 0:0 0 xattr user.a%b=706c61696e user.base64=0001ff00 user.empty=\n"
			     "010600 0:0 0 fifo\n"
			     "020666 0:0 0 dev=103 null\n"
			     "060660 0:0 0 dev=11110370 disk\n"
			     "104755 0:0 0 su\n"
			     "041777 0:0 0 abs/olute\n"
			     "100644 0:0 0 hard => su\n"
			     "120777 0:0 0 dangling -> ../../no/where\n");
	golden("python-gnu", "100644 0:0 1 a{90}/b{90} 2d711642\n"
			     "100644 3000000:4294967294 0 big-owner\n"
			     "100644 0:0 0 -2+000000000 before-1970\n"
			     "040755 0:0 0 old-directory\n");
}

static void go(void **state)
{
	golden(
	    "go",
	    "040755 100000:3000000 0 etc\n"
	    "100644 100000:3000000 3 etc/caf\xc3\xa9 c2fc355f\n"
	    "100644 100000:3000000 3 etc/cafe\xcc\x81 c2fc355f\n"
	    "100644 100000:3000000 3 etc/caf\\xe9 c2fc355f\n"
	    "100644 100000:3000000 3 l{130}/name c2fc355f\n"
	    "100755 100000:3000000 3 bin/ping security.capability=0100000200200000000000000000000000000000 c2fc355f\n"
	    "100644 100000:3000000 3 1000000000+123456789 nano c2fc355f\n"
	    "100644 100000:3000000 3 -2+600000000 before-1970 c2fc355f\n"
	    "120777 100000:3000000 0 etc/link -> /f{150}caf\\xe9\n"
	    "100755 100000:3000000 0 bin/ping6 => bin/ping\n"
	    "020600 100000:3000000 0 etc/.wh.gone\n");
}

/* Content need not be read, or not to its end; the digests cover all of the tar and what follows it. */
static void content_may_be_skipped(void **state)
{
	CLEANUP_BUF struct buf tar = {0};
	static const char big[3000000];
	for (int i = 0; i < 3; i++) {
		put_header(&tar, '0', "big", "", sizeof(big));
		put_body(&tar, big, sizeof(big));
	}
	put_end(&tar);
	buf_append(&tar, big, 700001); /* padding, more than a block of it */
	buf_str(&tar, "and garbage");
	struct oci_digest digest;
	oci_digest_of(tar.data, tar.len, &digest);
	for (int entries = 0; entries <= 4; entries++) {
		struct layer_reader *r = layer_reader_new(buf_source(&tar));
		const struct layer_entry *e;
		struct layer_digests d;
		struct err err = {0};
		const void *data;
		size_t n;
		uint64_t at;
		for (int i = 0; i < entries; i++) {
			assert_int_equal(layer_reader_next(r, &e, &err), i < 3);
			if (i == 1)
				assert_int_equal(layer_reader_data(r, &data, &n, &at, &err), 1);
		}
		if (entries == 4)
			assert_int_equal(layer_reader_next(r, &e, &err), 0);
		assert_ok(layer_reader_finish(r, &d, &err), &err);
		assert_string_equal(d.diff_id.text, digest.text);
		layer_reader_free(r);
	}
}

static void empty_layers(void **state)
{
	CLEANUP_BUF struct buf tar = {0}, out = {0};
	struct layer_digests d;
	struct err err = {0};
	assert_ok(describe_layer(buf_source(&tar), &out, &d, &err), &err);
	put_end(&tar);
	assert_ok(describe_layer(buf_source(&tar), &out, &d, &err), &err);
	assert_int_equal(d.tar_size, 1024);
	assert_int_equal(out.len, 0);
}

/* Headers that lie across the reader's blocks, of every kind. */
static void headers_cross_blocks(void **state)
{
	CLEANUP_BUF struct buf tar = {0}, records = {0}, value = {0};
	struct layer_digests d;
	struct err err = {0};
	for (int i = 0; i < 60000; i++)
		buf_char(&value, (char)i);
	for (int i = 0; i < 40; i++) {
		CLEANUP_FREE char *name = mem_printf("dir/%d", i);
		records.len = 0;
		put_record(&records, "path", name, strlen(name));
		put_record(&records, "mtime", "-0.5", 4);
		put_record(&records, "SCHILY.xattr.user.big", value.data, value.len);
		put_pax(&tar, &records);
		put_header(&tar, '0', "short", "", 3);
		put_body(&tar, "abc", 3);
	}
	put_end(&tar);
	struct layer_reader *r = layer_reader_new(buf_source(&tar));
	const struct layer_entry *e;
	for (int i = 0; i < 40; i++) {
		CLEANUP_FREE char *name = mem_printf("dir/%d", i);
		assert_ok(layer_reader_next(r, &e, &err), &err);
		assert_string_equal(e->path, name);
		assert_int_equal(e->mtime.tv_sec, -1);
		assert_int_equal(e->xattrs[0].len, value.len);
		assert_memory_equal(e->xattrs[0].value, value.data, value.len);
	}
	assert_ok(layer_reader_finish(r, &d, &err), &err);
	layer_reader_free(r);
}

/* Lists a tar in a file, without a look at contents: a line per entry, with where its content begins. */
static int list_file(int fd, struct buf *out, struct err *err)
{
	CLEANUP_LAYER_READER struct layer_reader *r = layer_reader_new_file(fd);
	const struct layer_entry *e;
	int rc;
	while ((rc = layer_reader_next(r, &e, err)) > 0)
		buf_printf(out, "%s %llu at %llu%s\n", e->path, (unsigned long long)e->size,
			   (unsigned long long)e->start, e->mapped ? " mapped" : "");
	return rc;
}

static void a_file_is_skipped_through(void **state)
{
	static const size_t sizes[] = {0, 1, 512, 65536, 1 << 20, 100};
	CLEANUP_BUF struct buf tar = {0}, got = {0}, want = {0}, records = {0};
	CLEANUP_FREE char *content = mem_alloc(1 << 20);
	struct err err = {0};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char name[2] = {(char)('a' + i), '\0'};
		if (i % 2)
			put_pax(&tar, &records);
		put_header(&tar, '0', name, "", sizes[i]);
		buf_printf(&want, "%s %zu at %zu\n", name, sizes[i], tar.len);
		put_body(&tar, content, sizes[i]);
	}
	put_end(&tar);
	CLEANUP_FD int fd = temp_file_with(tar.data, tar.len);
	assert_ok(list_file(fd, &got, &err), &err);
	assert_string_equal(got.data, want.data);
	for (size_t end = 100; end < tar.len - 2048; end += 70001) { /* always within a header or a content */
		got.len = 0;
		assert_int_equal(ftruncate(fd, (off_t)(tar.len - 2048 - end)), 0);
		assert_int_equal(list_file(fd, &got, &err), -ERR_CORRUPT);
	}
}

static void sparse_files_are_mapped(void **state)
{
	static const char *names[] = {"sparse-gnu", "sparse-0.0", "sparse-0.1", "sparse-1.0"};
	for (int i = 0; i < 4; i++) {
		CLEANUP_FREE char *path = mem_printf("%s/layer/%s.tar", getenv("SLIM_TEST_GOLDEN"), names[i]);
		CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
		CLEANUP_BUF struct buf got = {0};
		struct err err = {0};
		assert_ok(list_file(fd, &got, &err), &err);
		assert_true(strncmp(got.data, "sparse 589829 at ", 17) == 0 && strstr(got.data, " mapped\n"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(long_names),
	    cmocka_unit_test(short_names),
	    cmocka_unit_test(sparse_files),
	    cmocka_unit_test(a_file_is_skipped_through),
	    cmocka_unit_test(sparse_files_are_mapped),
	    cmocka_unit_test(acls_become_xattrs),
	    cmocka_unit_test(python),
	    cmocka_unit_test(go),
	    cmocka_unit_test(content_may_be_skipped),
	    cmocka_unit_test(empty_layers),
	    cmocka_unit_test(headers_cross_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
