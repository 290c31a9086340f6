#include "unit.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "transport/metered.h"

static void note(void *ctx, const char *stage, uint64_t done, uint64_t total, const char *unit)
{
	buf_printf(ctx, "%s %llu/%llu %s\n", stage, (unsigned long long)done, (unsigned long long)total, unit);
}

static void reports_what_passed(void **state)
{
	CLEANUP_BUF struct buf seen = {0};
	const struct progress progress = {.step = note, .ctx = &seen, .cancel_fd = -1};
	struct transport_metered m = {
	    .from = io_reader_bytes("abcdefg", 7), .progress = &progress, .stage = "publish", .total = 7};
	CLEANUP_IO_READER struct io_reader r = transport_metered_reader(&m);
	char got[8] = {0};
	assert_int_equal(io_read(&r, got, 4, NULL), 4);
	assert_int_equal(io_read(&r, got + 4, 4, NULL), 3);
	assert_int_equal(io_read(&r, got, 4, NULL), 0);
	assert_string_equal(got, "abcdefg");
	assert_string_equal(seen.data, "publish 4/7 bytes\npublish 7/7 bytes\n");
}

static void nobody_listens(void **state)
{
	struct transport_metered m = {.from = io_reader_bytes("ab", 2), .stage = "publish", .total = 2};
	CLEANUP_IO_READER struct io_reader r = transport_metered_reader(&m);
	char got[2];
	assert_int_equal(io_read(&r, got, 2, NULL), 2);
}

static void the_user_stops_it(void **state)
{
	struct err err = {0};
	const int stop = eventfd(1, EFD_CLOEXEC);
	const struct progress progress = {.cancel_fd = stop};
	struct transport_metered m = {
	    .from = io_reader_bytes("ab", 2), .progress = &progress, .stage = "publish", .total = 2};
	CLEANUP_IO_READER struct io_reader r = transport_metered_reader(&m);
	char got[2];
	assert_int_equal(io_read(&r, got, 2, &err), -ERR_CANCELLED);
	close(stop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reports_what_passed),
	    cmocka_unit_test(nobody_listens),
	    cmocka_unit_test(the_user_stops_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
