#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/retry.h"

#define NOW 1700000000 /* Tue, 14 Nov 2023 22:13:20 GMT */

static void statuses(void **state)
{
	static const int again[] = {408, 425, 429, 500, 502, 503, 504};
	static const int never[] = {0, 200, 301, 400, 401, 403, 404, 409, 413, 416, 501, 505, 599};
	for (size_t i = 0; i < sizeof(again) / sizeof(*again); i++)
		assert_true(net_retry_status(again[i]));
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		assert_false(net_retry_status(never[i]));
}

static void errors(void **state)
{
	static const struct {
		enum err_code code;
		int sys;
		bool again;
	} cases[] = {
	    {ERR_TIMEOUT, 0, true},          {ERR_SYS, ECONNRESET, true},   {ERR_SYS, EPIPE, true},
	    {ERR_SYS, ETIMEDOUT, true},      {ERR_PROTO, ECONNRESET, true}, /* broken in the middle */
	    {ERR_PROTO, 0, false},           {ERR_PROTO, EPROTO, false},    {ERR_SYS, ECONNREFUSED, false},
	    {ERR_SYS, ENOSPC, false},        {ERR_SYS, EIO, false},         {ERR_DENIED, 0, false},
	    {ERR_NOTFOUND, ENOENT, false},   {ERR_CANCELLED, 0, false},     {ERR_LIMIT, 0, false},
	    {ERR_DENIED, ECONNRESET, false}, {ERR_INVAL, 0, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = {.code = cases[i].code, .sys = cases[i].sys};
		if (net_retry_error(&err) != cases[i].again)
			print_error("code %d, %s\n", (int)err.code, strerror(err.sys));
		assert_int_equal(net_retry_error(&err), cases[i].again);
	}
}

static void pauses_grow(void **state)
{
	unsigned ms;
	for (unsigned tried = 1, base = 250; tried <= NET_RETRY_MAX; tried++, base *= 2) {
		assert_true(net_retry_pause(tried, NULL, NOW, 0, &ms));
		assert_int_equal(ms, base);
		unsigned largest = 0;
		for (unsigned chance = 0; chance < 5000; chance++) {
			assert_true(net_retry_pause(tried, NULL, NOW, chance, &ms));
			assert_in_range(ms, base, base + base / 4);
			largest = ms > largest ? ms : largest;
		}
		assert_int_equal(largest, base + base / 4);
		assert_true(net_retry_pause(tried, NULL, NOW, UINT_MAX, &ms));
		assert_in_range(ms, base, base + base / 4);
	}
	assert_false(net_retry_pause(NET_RETRY_MAX + 1, NULL, NOW, 0, &ms));
	assert_false(net_retry_pause(NET_RETRY_MAX + 1, "0", NOW, 0, &ms)); /* whatever the peer says */
	assert_false(net_retry_pause(UINT_MAX, NULL, NOW, 0, &ms));
}

#define OWN UINT_MAX
#define NEVER (UINT_MAX - 1)

static void the_peer_may_say_when(void **state)
{
	static const struct {
		const char *value;
		unsigned ms;
	} cases[] = {
	    {"0", 0},
	    {"1", 1000},
	    {"  7 ", 7000},
	    {"007", 7000},
	    {"120", 120000},
	    {"121", NEVER},
	    {"4294967296", NEVER},
	    {"99999999999999999999999999999999999", NEVER},
	    {"Tue, 14 Nov 2023 22:13:25 GMT", 5000},
	    {"Tuesday, 14-Nov-23 22:13:25 GMT", 5000},
	    {"Tue Nov 14 22:13:25 2023", 5000},
	    {"Tue, 14 Nov 2023 22:15:20 GMT", 120000},
	    {"Tue, 14 Nov 2023 22:15:21 GMT", NEVER},
	    {"Fri, 31 Dec 9999 23:59:59 GMT", NEVER},
	    {"Tue, 14 Nov 2023 22:13:20 GMT", OWN},
	    {"Thu, 01 Jan 1970 00:00:00 GMT", OWN},
	    {"", OWN},
	    {" ", OWN},
	    {"soon", OWN},
	    {"-1", OWN},
	    {"1.5", OWN},
	    {"5 minutes", OWN},
	    {"0x10", OWN},
	    {"\x1b[2J\xff", OWN},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned ms = 1;
		bool again = net_retry_pause(1, cases[i].value, NOW, 0, &ms);
		if (again != (cases[i].ms != NEVER) || (again && ms != (cases[i].ms == OWN ? 250 : cases[i].ms)))
			print_error("\"%s\": %d %u\n", cases[i].value, again, ms);
		assert_int_equal(again, cases[i].ms != NEVER);
		if (again)
			assert_int_equal(ms, cases[i].ms == OWN ? 250 : cases[i].ms);
	}
}

static void it_ends(void **state)
{
	struct net_retry r = {0};
	struct err err = {0};
	bool again = false;
	for (unsigned i = 0; i < NET_RETRY_MAX; i++) {
		assert_int_equal(net_retry_wait(&r, "0", NULL, &again, &err), 0);
		assert_true(again);
	}
	assert_int_equal(net_retry_wait(&r, "0", NULL, &again, &err), 0);
	assert_false(again);
	r = (struct net_retry){0};
	uint64_t before = clock_ms();
	assert_int_equal(net_retry_wait(&r, NULL, NULL, &again, &err), 0);
	assert_true(again);
	assert_true(clock_ms() - before >= 250);
	assert_int_equal(net_retry_wait(&r, "100000", NULL, &again, &err), 0);
	assert_false(again);
}

static void a_pause_can_be_cancelled(void **state)
{
	int fds[2];
	struct net_retry r = {0};
	struct err err = {0};
	bool again = false;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	struct progress p = {.cancel_fd = fds[0]};
	close(fds[1]); /* readable from now on */
	uint64_t before = clock_ms();
	assert_int_equal(net_retry_wait(&r, "100", &p, &again, &err), -ERR_CANCELLED);
	assert_int_equal(err.code, ERR_CANCELLED);
	assert_false(again);
	assert_true(clock_ms() - before < 50000);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(statuses),    cmocka_unit_test(errors),
	    cmocka_unit_test(pauses_grow), cmocka_unit_test(the_peer_may_say_when),
	    cmocka_unit_test(it_ends),     cmocka_unit_test(a_pause_can_be_cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
