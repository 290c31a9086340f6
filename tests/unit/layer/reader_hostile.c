/* Layers that must be refused, with the right code and the entry's name, and some that look so but must not. */
#include "unit.h"

#include "base/limits.h"
#include "layer/reader.h"
#include "support.h"

static void read_it(const struct buf *tar, enum err_code code, const char *words, const char *name)
{
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_BUF struct buf blob = {0}, out = {0};
		struct layer_digests d;
		struct err err = {0};
		encode(tar->data, tar->len, c, 1, &blob);
		int r = describe_layer(buf_source(&blob), &out, &d, &err);
		if (code == ERR_NONE) {
			assert_ok(r, &err);
			continue;
		}
		if (r != -(int)code)
			fail_msg("%d instead of %d: %s", r, -(int)code, err.msg);
		if (!strstr(err.msg, words) || !strstr(err.msg, name))
			fail_msg("\"%s\" says nothing of \"%s\" or \"%s\"", err.msg, words, name);
	}
}

static void one_entry(char type, const char *name, const char *link, enum err_code code, const char *words,
		      const char *shown)
{
	CLEANUP_BUF struct buf tar = {0};
	put_header(&tar, '0', "before", "", 3);
	put_body(&tar, "abc", 3);
	put_header(&tar, type, name, link, 0);
	put_end(&tar);
	read_it(&tar, code, words, shown);
}

static void paths(void **state)
{
	one_entry('0', "../x", "", ERR_CORRUPT, "\"..\"", "\"../x\"");
	one_entry('0', "a/../../x", "", ERR_CORRUPT, "\"..\"", "\"a/../../x\"");
	one_entry('0', "a/../x", "", ERR_CORRUPT, "\"..\"", "\"a/../x\"");
	one_entry('5', "..", "", ERR_CORRUPT, "\"..\"", "\"..\"");
	one_entry('5', "/../", "", ERR_CORRUPT, "\"..\"", "\"/../\"");
	one_entry('2', "x/..", "y", ERR_CORRUPT, "\"..\"", "\"x/..\"");
	one_entry('0', "", "", ERR_CORRUPT, "has no name", "entry number 2");
	one_entry('0', ".", "", ERR_CORRUPT, "root", "\".\"");
	one_entry('2', "/", "usr", ERR_CORRUPT, "root", "\"/\"");
	one_entry('0', "\x1b[31m/..", "", ERR_CORRUPT, "\"..\"", "\"\\x1b[31m/..\"");
	one_entry('0', "..x/...", "", ERR_NONE, "", "");
	one_entry('5', "/", "", ERR_NONE, "", "");
	one_entry('5', "./.", "", ERR_NONE, "", "");
	one_entry('2', "x", "../../../etc/passwd", ERR_NONE, "", "");
}

static void links(void **state)
{
	one_entry('1', "x", "/../etc/passwd", ERR_CORRUPT, "\"..\"", "\"x\"");
	one_entry('1', "x", "a/../b", ERR_CORRUPT, "\"..\"", "\"x\"");
	one_entry('1', "x", "/", ERR_CORRUPT, "root", "\"x\"");
	one_entry('1', "x", "", ERR_CORRUPT, "target", "\"x\"");
	one_entry('2', "x", "", ERR_CORRUPT, "target", "\"x\"");
	one_entry('1', "x", "/before", ERR_NONE, "", "");
}

static void put_long(struct buf *tar, const char *key, size_t n, const char *text)
{
	CLEANUP_BUF struct buf records = {0}, value = {0};
	while (value.len < n)
		buf_str(&value, text);
	put_record(&records, key, value.data, n);
	put_pax(tar, &records);
}

static void long_names(void **state)
{
	static const struct {
		const char *key, *text;
		size_t n;
		char type;
		const char *words;
	} cases[] = {
	    {"path", "0123456/", LIMIT_PATH + 9, '0', "longer than 4095"},
	    {"path", "0123456/", 100000, '0', "longer than 4095"},
	    {"path", "x", LIMIT_NAME + 1, '0', "component above 255"},
	    {"linkpath", "0123456/", LIMIT_PATH + 9, '1', "target is longer than 4095"},
	    {"linkpath", "x", LIMIT_NAME + 1, '1', "component above 255"},
	    {"linkpath", "x", LIMIT_PATH + 1, '2', "target is longer than 4095"},
	    {"path", "x", LIMIT_NAME, '0', NULL},
	    {"linkpath", "x", LIMIT_PATH, '2', NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf tar = {0};
		put_long(&tar, cases[i].key, cases[i].n, cases[i].text);
		put_header(&tar, cases[i].type, "name", "short", 0);
		put_end(&tar);
		read_it(&tar, cases[i].words ? ERR_LIMIT : ERR_NONE, cases[i].words, "entry \"");
	}
}

static void records(const char *record, size_t n, enum err_code code, const char *words, const char *shown)
{
	CLEANUP_BUF struct buf tar = {0};
	put_header(&tar, 'x', "PaxHeaders/x", "", n);
	put_body(&tar, record, n);
	put_header(&tar, '0', "name", "", 0);
	put_end(&tar);
	read_it(&tar, code, words, shown);
}
#define RECORDS(s, code, words, shown) records(s, sizeof(s) - 1, code, words, shown)

static void pax_headers(void **state)
{
	RECORDS("15 path=etc\0xx\n", ERR_CORRUPT, "NUL", "etc\\x00xx");
	RECORDS("19 linkpath=etc\0xx\n", ERR_CORRUPT, "NUL", "\"name\"");
	RECORDS("12 path=etc\nxx", ERR_CORRUPT, "malformed", "etc");
	RECORDS("13 path=etc\n", ERR_CORRUPT, "malformed", "\"name\"");
	RECORDS("11 path=etc\n", ERR_CORRUPT, "malformed", "\"name\"");
	RECORDS("16 uid=-1234567\n", ERR_CORRUPT, "owner", "\"name\"");
	RECORDS("18 gid=4294967295\n", ERR_CORRUPT, "owner", "\"name\"");
	RECORDS("23 GNU.sparse.size=-10\n", ERR_LIMIT, "size", "\"name\"");
	RECORDS("34 GNU.sparse.size=99999999999999\n", ERR_LIMIT, "size", "\"name\"");
	RECORDS("20 size=99999999999\n", ERR_CORRUPT, "tar is damaged", "\"name\"");
	RECORDS("12 path=etc\n", ERR_NONE, "", "");
}

static void gnu_long_name_with_nul(void **state)
{
	CLEANUP_BUF struct buf tar = {0};
	put_header(&tar, 'L', "././@LongLink", "", 8);
	put_body(&tar, "ab\0cd\0\0\0", 8);
	put_header(&tar, '0', "name", "", 0);
	put_end(&tar);
	read_it(&tar, ERR_CORRUPT, "NUL", "\"ab\"");
}

static void xattrs(void **state)
{
	CLEANUP_BUF struct buf tar = {0}, r = {0};
	put_long(&tar, "SCHILY.xattr.user.x", LIMIT_XATTR_BYTES + 1, "x");
	put_header(&tar, '0', "name", "", 0);
	put_end(&tar);
	read_it(&tar, ERR_LIMIT, "extended attribute", "\"name\"");

	tar.len = 0; /* more than libarchive takes of one header */
	put_long(&tar, "SCHILY.xattr.user.x", 2 << 20, "x");
	put_header(&tar, '0', "name", "", 0);
	put_end(&tar);
	read_it(&tar, ERR_CORRUPT, "tar is damaged", "PaxHeaders/x");

	tar.len = 0;
	for (int i = 0; i <= LIMIT_XATTRS; i++) {
		CLEANUP_FREE char *key = mem_printf("SCHILY.xattr.user.%d", i);
		put_record(&r, key, "v", 1);
	}
	put_pax(&tar, &r);
	put_header(&tar, '0', "name", "", 0);
	put_end(&tar);
	read_it(&tar, ERR_LIMIT, "more than 256", "\"name\"");
}

/* Only numbers mean something inside an image; an ACL with a mere name is left out, the mode is as it was. */
static void acl_with_a_name(void **state)
{
	static const char acl[] = "user::rw-,user:someone:rwx,group::r--,mask::rw-,other::r--";
	CLEANUP_BUF struct buf tar = {0}, r = {0}, out = {0};
	struct layer_digests d;
	struct err err = {0};
	put_record(&r, "SCHILY.acl.access", acl, sizeof(acl) - 1);
	put_pax(&tar, &r);
	put_header(&tar, '0', "name", "", 0);
	put_end(&tar);
	assert_ok(describe_layer(buf_source(&tar), &out, &d, &err), &err);
	assert_string_equal(out.data, "100664 0:0 0 0+000000000 name\n");
}

static void sparse_maps(void **state)
{
	static const struct {
		const char *map, *size;
		enum err_code code;
	} cases[] = {
	    {"0,512", "512", ERR_NONE},
	    {"512,512", "1024", ERR_NONE},
	    {"512,512", "1000", ERR_CORRUPT},
	    {"99999999,512", "1024", ERR_CORRUPT},
	    {"256,256,0,256", "1024", ERR_CORRUPT},
	    {"-5,512", "1024", ERR_CORRUPT},
	    {"x", "1024", ERR_CORRUPT},
	    {"0,5000", "8000", ERR_CORRUPT},
	    {"0,100", "512", ERR_CORRUPT},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf tar = {0}, r = {0};
		char data[512] = "data";
		put_record(&r, "path", "caf\xe9 name", 9); /* not UTF-8: libarchive warns of it and of nothing else */
		put_record(&r, "GNU.sparse.size", cases[i].size, strlen(cases[i].size));
		put_record(&r, "GNU.sparse.map", cases[i].map, strlen(cases[i].map));
		put_pax(&tar, &r);
		put_header(&tar, '0', "name", "", 512);
		put_body(&tar, data, 512);
		put_end(&tar);
		read_it(&tar, cases[i].code, "", "\\xe9 name\"");
	}
}

/* A sparse map that never ends: 1.0 maps lie in the file's data and are read as part of the headers. */
static void endless_sparse_map(void **state)
{
	CLEANUP_BUF struct buf tar = {0}, r = {0};
	size_t n = 9 << 20;
	CLEANUP_FREE char *map = mem_alloc(n);
	memcpy(map, "9000000\n", 8);
	for (size_t i = 8; i < n; i += 2)
		memcpy(map + i, "0\n", 2);
	put_record(&r, "GNU.sparse.major", "1", 1);
	put_record(&r, "GNU.sparse.minor", "0", 1);
	put_record(&r, "GNU.sparse.name", "real name", 9);
	put_record(&r, "GNU.sparse.realsize", "1000", 4);
	put_pax(&tar, &r);
	put_header(&tar, '0', "name", "", n);
	put_body(&tar, map, n);
	put_end(&tar);
	read_it(&tar, ERR_LIMIT, "headers", "\"real name\"");
}

static void cut_tars(void **state)
{
	CLEANUP_BUF struct buf tar = {0}, cut = {0};
	char data[1500] = "data";
	put_header(&tar, '0', "first", "", 3);
	put_body(&tar, "abc", 3);
	put_header(&tar, '0', "second", "", sizeof(data));
	size_t whole = tar.len;
	put_body(&tar, data, sizeof(data));
	for (size_t n = 1; n < whole + 1500; n += 97) {
		if (n % 512 == 0)
			continue;
		cut.len = 0;
		buf_append(&cut, tar.data, n);
		read_it(&cut, ERR_CORRUPT, "", n < 512 ? "" : n < whole ? "first" : "second");
	}
	put_header(&tar, '0', "third", "", 0);
	tar.data[tar.len - 400]++; /* its checksum is wrong */
	read_it(&tar, ERR_CORRUPT, "damaged", "second");
}

static void no_tar(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	for (int i = 0; i < 5000; i++)
		buf_str(&b, "this is no tar");
	read_it(&b, ERR_CORRUPT, "tar is damaged", "");
}

/* The decoder's errors pass libarchive and get the entry's name. */
static void cut_gzip(void **state)
{
	CLEANUP_BUF struct buf tar = {0}, blob = {0}, out = {0};
	struct layer_digests d;
	struct err err = {0};
	CLEANUP_FREE char *noise = mem_alloc(2 << 20);
	for (size_t i = 0; i < 2 << 20; i++)
		noise[i] = (char)rand();
	put_header(&tar, '0', "dir/noise", "", 2 << 20);
	put_body(&tar, noise, 2 << 20);
	put_end(&tar);
	for (int small = 0; small < 2; small++) {
		encode(tar.data, small ? 100000 : tar.len, OCI_COMPRESSION_GZIP, 1, &blob);
		blob.len -= small ? 9 : 500000;
		assert_int_equal(describe_layer(buf_source(&blob), &out, &d, &err), -ERR_CORRUPT);
		assert_string_equal(err.msg, "entry \"dir/noise\": gzip data is truncated");
		struct layer_reader *r = layer_reader_new(buf_source(&blob));
		const struct layer_entry *e;
		assert_int_equal(layer_reader_next(r, &e, &err), 1);
		assert_int_equal(layer_reader_next(r, &e, &err), -ERR_CORRUPT);
		assert_string_equal(err.msg, "entry \"dir/noise\": gzip data is truncated");
		assert_int_equal(layer_reader_finish(r, &d, &err), -ERR_CORRUPT);
		layer_reader_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),
	    cmocka_unit_test(links),
	    cmocka_unit_test(long_names),
	    cmocka_unit_test(pax_headers),
	    cmocka_unit_test(gnu_long_name_with_nul),
	    cmocka_unit_test(xattrs),
	    cmocka_unit_test(acl_with_a_name),
	    cmocka_unit_test(sparse_maps),
	    cmocka_unit_test(endless_sparse_map),
	    cmocka_unit_test(cut_tars),
	    cmocka_unit_test(no_tar),
	    cmocka_unit_test(cut_gzip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
