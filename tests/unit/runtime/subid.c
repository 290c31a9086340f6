#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "runtime/subid.h"

static const struct runtime_subid_user alice = {"alice", 1000, 1000};

static const struct row {
	const char *name, *text, *want; /* "START+COUNT ..." */
} rows[] = {
    {"by name and by number", "alice:100000:65536\nbob:200000:65536\n1000:300000:10\n1001:400000:10\n",
     "100000+65536 300000+10"},
    {"no newline at the end", "bob:1:1\nalice:100000:65536", "100000+65536"},
    {"nothing", "", ""},
    {"only others", "bob:100000:65536\nalicea:1:1\nalic:2:1\n:3:1\n", ""},
    {"empty and half lines", "\n\n:\n::\nalice\nalice:\nalice:1\nalice::5\nalice:5:\nalice:7:1\n", "7+1"},
    {"not numbers",
     "alice:-1:5\nalice:+1:5\nalice: 1:5\nalice:1:5 \nalice:0x1:5\nalice:1e3:5\nalice:1:5:6\nalice:9:5\n", "9+5"},
    {"an empty range", "alice:100000:0\n", ""},
    {"the last id is none", "alice:4294967295:1\nalice:4294967294:2\nalice:4294967294:1\n", "4294967294+1"},
    {"more than 32 bits",
     "alice:4294967296:1\nalice:1:4294967296\nalice:18446744073709551617:5\n"
     "alice:1:18446744073709551621\nalice:99999999999999999999999999999999999999999:1\n",
     ""},
    {"both fit, their sum does not", "alice:4000000000:4000000000\nalice:5:1\n", "5+1"},
    {"leading zeros", "alice:000000000000000000000100000:010\n", "100000+10"},
    {"twice, and overlapping",
     "alice:100000:100\nalice:100000:100\nalice:100099:5\nalice:99999:2\nalice:1:200000\n"
     "alice:100100:5\nalice:99999:1\n",
     "100000+100 100100+5 99999+1"},
    {"one with the user's own id", "alice:1000:1\nalice:0:65536\nalice:999:1\nalice:1001:1\n", "999+1 1001+1"},
    {"carriage returns", "alice:100000:65536\r\n", ""},
};

static void one(const struct row *r)
{
	struct runtime_subid_ranges got;
	CLEANUP_BUF struct buf text = {0};
	uint64_t ids = 0;
	runtime_subid_parse(r->text, strlen(r->text), &alice, &got);
	buf_str(&text, "");
	for (size_t i = 0; i < got.n; i++) {
		buf_printf(&text, "%s%u+%u", i ? " " : "", got.items[i].start, got.items[i].count);
		ids += got.items[i].count;
	}
	if (strcmp(text.data, r->want) != 0)
		fail_msg("%s: %s, expected %s", r->name, text.data, r->want);
	assert_int_equal(got.ids, ids);
}

static void ranges_are_read(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		one(&rows[i]);
}

static void bytes_of_all_kinds(void **state)
{
	static const char text[] = "alice\0:1:1\n\0\0\0\nalice:2:1\0\n\xff\xfe:3:1\nalice:4:1\n";
	struct runtime_subid_ranges got;
	runtime_subid_parse(text, sizeof(text) - 1, &alice, &got);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.items[0].start, 4);
}

static void very_long_lines(void **state)
{
	CLEANUP_BUF struct buf text = {0};
	for (int i = 0; i < 100000; i++)
		buf_str(&text, "alice:");
	buf_str(&text, "\nalice:1:");
	for (int i = 0; i < 100000; i++)
		buf_char(&text, '9');
	buf_str(&text, "\nalice:5:1\n");
	struct runtime_subid_ranges got;
	runtime_subid_parse(text.data, text.len, &alice, &got);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.items[0].start, 5);
}

static void no_more_than_there_is_room_for(void **state)
{
	CLEANUP_BUF struct buf text = {0};
	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&text, "alice:%u:5\n", 100000 + 10 * i);
	struct runtime_subid_ranges got;
	runtime_subid_parse(text.data, text.len, &alice, &got);
	assert_int_equal(got.n, RUNTIME_SUBID_RANGES);
	assert_int_equal(got.ids, 5 * RUNTIME_SUBID_RANGES);
}

static void of_a_file(void **state)
{
	struct runtime_subid_ranges got;
	struct err e = {0};
	char path[] = "/var/tmp/slim-unit-XXXXXX";
	CLEANUP_FD int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "alice:7:3\n", 10), 10);
	assert_int_equal(runtime_subid_load(path, &alice, &got, &e), 0);
	assert_int_equal(got.ids, 3);
	assert_int_equal(ftruncate(fd, LIMIT_SUBID + 1), 0);
	assert_int_equal(runtime_subid_load(path, &alice, &got, &e), -ERR_LIMIT);
	unlink(path);
	assert_int_equal(runtime_subid_load(path, &alice, &got, &e), 0); /* gives nobody anything */
	assert_int_equal(got.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ranges_are_read), cmocka_unit_test(bytes_of_all_kinds),
	    cmocka_unit_test(very_long_lines), cmocka_unit_test(no_more_than_there_is_room_for),
	    cmocka_unit_test(of_a_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
