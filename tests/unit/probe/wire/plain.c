#include "unit.h"

#include "probe/client/peer.h"
#include "probe/wire/plain.h"

static bool has_end(void *ctx, const void *data, size_t n)
{
	return memmem(data, n, ctx, strlen(ctx)) != NULL;
}

/* What came of sending text and waiting for end. NULL: nothing is sent; not waited for. */
static void exchange_one(const struct peer_line *part, const char *text, const char *end, unsigned timeout_ms, int code,
			 const char *want)
{
	struct peer p;
	CLEANUP_WIRE struct probe_wire w = {.fd = -1};
	const struct probe_plain plain = {.data = text,
					  .n = text ? strlen(text) : 0,
					  .is_enough = end ? has_end : NULL,
					  .ctx = (void *)(uintptr_t)end};
	peer_start(&p, part, timeout_ms < 1000);
	assert_int_equal(probe_wire_open_tcp(&w, "127.0.0.1", p.port, timeout_ms, NULL, NULL), 0);
	assert_int_equal(probe_plain_over(&w, &plain, NULL), -code);
	CLEANUP_BUF struct buf got = {0};
	buf_append(&got, probe_wire_data(&w), probe_wire_size(&w));
	assert_string_equal(got.data ? got.data : "", want);
	probe_wire_done(&w);
	peer_stop(&p);
	buf_done(&p.heard);
}

static void what_is_read(void **state)
{
	const struct peer_line two[] = {{"x", "begin "}, {NULL, "end"}, {0}}, greets[] = {{NULL, "hello"}, {0}},
			       silent[] = {{0}};
	exchange_one(two, "x", "end", 30000, 0, "begin end");
	exchange_one(two, "x", "other", 30000, 0, "begin end"); /* the peer ended */
	exchange_one(two, "x", "other", 200, 0, "begin end");   /* time passed */
	exchange_one(greets, NULL, NULL, 30000, 0, "hello");
	exchange_one(silent, NULL, NULL, 30000, 0, "");
	exchange_one(silent, "x", NULL, 30000, ERR_UNPROVEN, "");
	exchange_one(silent, "x", "end", 200, ERR_TIMEOUT, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
