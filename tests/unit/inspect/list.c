#include "unit.h"

#include "inspect/sample.h"

static const char kinds[] = "fdlhswo"; /* by enum inspect_kind */

static char *show(const struct inspect_list *l)
{
	struct buf b = {0};
	for (size_t i = 0; i < l->count; i++) {
		const struct inspect_entry *e = &l->items[i];
		buf_printf(&b, "%c %s %o %u:%u %llu%s%s\n", kinds[e->kind], e->path, e->mode & 07777, e->uid, e->gid,
			   (unsigned long long)e->bytes, e->target ? " " : "", e->target ? e->target : "");
	}
	return buf_steal(&b);
}

static void check(const char *layer, const char *expected)
{
	CLEANUP_INSPECT_LIST struct inspect_list l = {0};
	sample_list(layer, 0, NULL, &l);
	CLEANUP_FREE char *text = show(&l);
	assert_string_equal(text, expected);
}

static void entries_in_path_order(void **state)
{
	check("d a 755 0:0 1\n"
	      "d a! 755 0:0 1\n"
	      "f a!/x 644 1:2 1 12345\n"
	      "f a/b 4755 0:0 1 123\n"
	      "h a/c 4755 0:0 1 a/b\n"
	      "l l 777 0:0 1 a/../b\n"
	      "p p 600 0:0 1\n",
	      "d /a 755 0:0 0\n"
	      "f /a/b 4755 0:0 3\n"
	      "h /a/c 4755 0:0 0 /a/b\n"
	      "d /a! 755 0:0 0\n"
	      "f /a!/x 644 1:2 5\n"
	      "l /l 777 0:0 0 a/../b\n"
	      "s /p 600 0:0 0\n");
}

static void whiteouts_are_marks(void **state)
{
	check("f .wh.gone 0 0:0 1\n"
	      "d d 755 0:0 1\n"
	      "f d/.wh..wh..opq 0 0:0 1\n"
	      "f d/.wh..wh.plnk 0 0:0 1\n"
	      "f d/.wh.x 0 0:0 1\n"
	      "f d/x 644 0:0 1 new\n",
	      "o /d 0 0:0 0\n"
	      "d /d 755 0:0 0\n"
	      "w /d/x 0 0:0 0\n"
	      "f /d/x 644 0:0 3\n"
	      "w /gone 0 0:0 0\n");
}

struct seen {
	struct buf text;
};

static bool wants(void *ctx, size_t place, const struct inspect_entry *e)
{
	assert_int_equal(place, 7);
	return e->path[1] != 'n';
}

static void take(void *ctx, size_t place, const struct inspect_entry *e, const char *data, size_t n)
{
	struct seen *s = ctx;
	buf_printf(&s->text, "%s=%.*s;", e->path, (int)n, data);
}

static void a_watch_sees_small_files_that_it_wants(void **state)
{
	CLEANUP_INSPECT_LIST struct inspect_list l = {0};
	struct seen seen = {0};
	const struct inspect_watch watch = {.max = 4, .wants = wants, .take = take, .ctx = &seen};
	sample_list("f a 644 0:0 1 1234\nf b 644 0:0 1 12345\nf c 644 0:0 1\nf no 644 0:0 1 x\n", 7, &watch, &l);
	assert_string_equal(seen.text.data, "/a=1234;/c=;");
	assert_int_equal(l.place, 7);
	buf_done(&seen.text);
}

static void collect(void *ctx, size_t place, const struct inspect_entry *e, uint64_t offset, const char *data, size_t n)
{
	struct buf *b = ctx;
	assert_int_equal(place, 7);
	buf_printf(b, "%s+%llu=%.*s;", e->path, (unsigned long long)offset, (int)n, data);
}

static bool never(void *ctx, size_t place, const struct inspect_entry *e)
{
	return false;
}

static void a_watch_sees_all_files_in_parts(void **state)
{
	CLEANUP_INSPECT_LIST struct inspect_list l = {0};
	CLEANUP_BUF struct buf b = {0};
	const struct inspect_watch w = {.wants = never, .part = collect, .ctx = &b};
	sample_list("f a 644 0:0 1 abc\nd d 755 0:0 1\nf d/b 644 0:0 1 x", 7, &w, &l);
	assert_string_equal(b.data, "/a+0=abc;/d/b+0=x;");
}

static void sums_tell_contents_apart(void **state)
{
	CLEANUP_INSPECT_LIST struct inspect_list l = {0};
	sample_list("f a 644 0:0 1 1234\nf b 600 5:5 9 1234\nf c 644 0:0 1 1235\n", 0, NULL, &l);
	assert_true(l.items[0].crc == l.items[1].crc);
	assert_true(l.items[0].crc != l.items[2].crc);
}

static void a_damaged_tar_is_an_error(void **state)
{
	CLEANUP_INSPECT_LIST struct inspect_list l = {0};
	struct layer_digests d;
	struct err err = {0};
	char junk[2048];
	memset(junk, 'x', sizeof(junk));
	assert_int_equal(inspect_list_read(io_reader_bytes(junk, sizeof(junk)), 0, NULL, &l, &d, &err), -ERR_CORRUPT);
	assert_null(l.items);
}

static void orders_paths_as_a_tree(void **state)
{
	assert_true(inspect_path_order("/a", "/a/b") < 0);
	assert_true(inspect_path_order("/a/b", "/a!") < 0);
	assert_true(inspect_path_order("/a\xff", "/a/\x01") > 0);
	assert_true(inspect_path_order("/a\xfe", "/a\xff") < 0);
	assert_int_equal(inspect_path_order("/a", "/a"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries_in_path_order),
	    cmocka_unit_test(whiteouts_are_marks),
	    cmocka_unit_test(a_watch_sees_small_files_that_it_wants),
	    cmocka_unit_test(a_watch_sees_all_files_in_parts),
	    cmocka_unit_test(sums_tell_contents_apart),
	    cmocka_unit_test(a_damaged_tar_is_an_error),
	    cmocka_unit_test(orders_paths_as_a_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
