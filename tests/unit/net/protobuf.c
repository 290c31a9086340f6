#include "unit.h"

#include "net/protobuf.h"

static struct net_protobuf_reader reader(const struct buf *b)
{
	return (struct net_protobuf_reader){b->data, b->len};
}

/* The examples of the encoding's description. */
static void it_writes_as_described(void **state)
{
	CLEANUP_BUF struct buf b = {0}, inner = {0}, outer = {0};
	net_protobuf_put_uint(&b, 1, 150);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "\x08\x96\x01", 3);
	b.len = 0;
	net_protobuf_put_string(&b, 2, "testing");
	assert_memory_equal(b.data, "\x12\x07testing", 9);
	net_protobuf_put_uint(&inner, 1, 150);
	net_protobuf_put_message(&outer, 3, &inner);
	assert_memory_equal(outer.data, "\x1a\x03\x08\x96\x01", 5);
}

static void empty_values_are_left_out(void **state)
{
	CLEANUP_BUF struct buf b = {0}, nothing = {0};
	net_protobuf_put_uint(&b, 1, 0);
	net_protobuf_put_string(&b, 2, "");
	net_protobuf_put_string(&b, 3, NULL);
	net_protobuf_put_bytes(&b, 4, "", 0);
	assert_int_equal(b.len, 0);
	net_protobuf_put_message(&b, 5, &nothing); /* but for a message */
	assert_int_equal(b.len, 2);
}

static void it_reads_what_it_writes(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct net_protobuf_field f;
	net_protobuf_put_uint(&b, 1, UINT64_MAX);
	net_protobuf_put_pair(&b, 500, "key", "value");
	net_protobuf_put_pair(&b, 500, "", "");
	struct net_protobuf_reader r = reader(&b);
	assert_int_equal(net_protobuf_next(&r, &f, NULL), 1);
	assert_true(f.number == 1 && !f.is_bytes && f.value == UINT64_MAX);
	static const char *const expected[][2] = {{"key", "value"}, {"", ""}};
	for (int i = 0; i < 2; i++) {
		CLEANUP_FREE char *key = NULL, *value = NULL;
		assert_int_equal(net_protobuf_next(&r, &f, NULL), 1);
		assert_int_equal(f.number, 500);
		assert_int_equal(net_protobuf_pair(&f, &key, &value, NULL), 0);
		assert_string_equal(key, expected[i][0]);
		assert_string_equal(value, expected[i][1]);
	}
	assert_int_equal(net_protobuf_next(&r, &f, NULL), 0);
}

static void fixed_sizes_are_stepped_over(void **state)
{
	static const char data[] = "\x09"
				   "12345678"
				   "\x15"
				   "1234"
				   "\x18\x07";
	struct net_protobuf_reader r = {data, sizeof(data) - 1};
	struct net_protobuf_field f;
	assert_int_equal(net_protobuf_find(r, 3, &f, NULL), 1);
	assert_int_equal(f.value, 7);
	assert_int_equal(net_protobuf_find(r, 4, &f, NULL), 0);
	assert_null(f.data);
}

static void the_last_of_a_number_counts(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct net_protobuf_field f;
	net_protobuf_put_string(&b, 1, "one");
	net_protobuf_put_string(&b, 1, "two");
	assert_int_equal(net_protobuf_find(reader(&b), 1, &f, NULL), 1);
	CLEANUP_FREE char *text = net_protobuf_text(&f);
	assert_string_equal(text, "two");
}

static void what_is_none_is_refused(void **state)
{
	static const struct {
		const char *data;
		size_t n;
	} cases[] = {
	    {"\x08", 1},                                              /* no value */
	    {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12}, /* a varint of more than 64 bits */
	    {"\x12\x05"
	     "abc",
	     5},                                                  /* less than it says */
	    {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11}, /* 2^64 - 1 bytes */
	    {"\x09"
	     "1234",
	     5},                                         /* a fixed size that is cut */
	    {"\x0b", 1},                                 /* a group, which is gone since long */
	    {"\x00\x00", 2},                             /* number 0 */
	    {"\xff\xff\xff\xff\xff\xff\xff\x7f\x00", 9}, /* a number of more than 32 bits */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct net_protobuf_reader r = {cases[i].data, cases[i].n};
		struct net_protobuf_field f;
		struct err err = {0};
		if (net_protobuf_next(&r, &f, &err) != -ERR_PROTO || strcmp(err.id, "protobuf-malformed") != 0)
			fail_msg("case %zu", i);
		assert_int_equal(
		    net_protobuf_find((struct net_protobuf_reader){cases[i].data, cases[i].n}, 1, &f, NULL),
		    -ERR_PROTO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_writes_as_described),      cmocka_unit_test(empty_values_are_left_out),
	    cmocka_unit_test(it_reads_what_it_writes),     cmocka_unit_test(fixed_sizes_are_stepped_over),
	    cmocka_unit_test(the_last_of_a_number_counts), cmocka_unit_test(what_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
