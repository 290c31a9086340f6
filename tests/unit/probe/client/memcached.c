#include "unit.h"

#include "probe/client/peer.h"

static void a_whole_exercise(void **state)
{
	const struct peer_line part[] = {
	    {"slim probe value\r\n", "STORED\r\n"},
	    {"get slim-probe-key\r\n", "VALUE slim-probe-key 0 16\r\nslim probe value\r\nEND\r\n"},
	    {"delete slim-probe-key\r\n", "DELETED\r\n"},
	    {"stats\r\n", "STAT pid 1\r\nSTAT uptime 5\r\nEND\r\n"},
	    {"quit\r\n", NULL},
	    {0}};
	peer_row("memcached", part, 0,
		 "memcached set 0 STORED\nmemcached get 0 VALUE slim-probe-key 0 16\\x0aslim probe value\\x0a\n"
		 "memcached delete 0 DELETED\nmemcached stats 0 \n");
}

static void answer_one(const char *says, const char *want)
{
	const struct peer_line part[] = {{"slim probe value\r\n", says}, {0}};
	peer_row("memcached", part, ERR_UNPROVEN, want);
}

static void answers_that_are_wrong(void **state)
{
	answer_one("ERROR\r\n", "memcached set -1 the service answered with an error: ERROR\n");
	answer_one("NOT_STORED\r\n", "memcached set -1 the service answered with an error: NOT_STORED\n");
	answer_one("-ERR unknown\r\n", "memcached set -1 this is not memcached: the reply has an unknown line\n");
	answer_one("STORED", "memcached set -1 the service closed the connection in the middle of a reply\n");
	CLEANUP_BUF struct buf endless = {0};
	for (int i = 0; i < 1002; i++)
		buf_str(&endless, "STAT a 1\r\n");
	answer_one(endless.data, "memcached set -1 this is not memcached: the reply does not end\n");
	endless.len = 0;
	for (int i = 0; i < (2 << 20); i++)
		buf_char(&endless, 'x');
	answer_one(endless.data, "memcached set -1 a reply has more than 1048576 bytes\n");
}

static void another_value_comes_back(void **state)
{
	const struct peer_line part[] = {{"slim probe value\r\n", "STORED\r\n"}, {"get ", "END\r\n"}, {0}};
	peer_row("memcached", part, ERR_UNPROVEN,
		 "memcached set 0 STORED\nmemcached get -1 the value that comes back is not the one that was set\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_exercise),
	    cmocka_unit_test(answers_that_are_wrong),
	    cmocka_unit_test(another_value_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
