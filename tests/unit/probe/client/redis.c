#include "unit.h"

#include "probe/client/peer.h"

static void a_whole_exercise(void **state)
{
	const struct peer_line part[] = {{"AUTH\r\n$2\r\nme\r\n$5\r\nsesam\r\n", "+OK\r\n"},
					 {"SELECT\r\n$1\r\n3\r\n", "+OK\r\n"},
					 {"PING\r\n", "+PONG\r\n"},
					 {"$16\r\nslim probe value\r\n", "+OK\r\n"},
					 {"GET\r\n", "$16\r\nslim probe value\r\n"},
					 {"DEL\r\n", ":1\r\n"},
					 {"INFO\r\n", "$9\r\n# Server\n\r\n"},
					 {"QUIT\r\n", "+OK\r\n"},
					 {0}};
	peer_row("redis,user=me,password=sesam,database=3", part, 0,
		 "redis AUTH 0 OK\nredis SELECT 0 OK\nredis PING 0 PONG\nredis SET 0 OK\nredis GET 0 slim probe value\n"
		 "redis DEL 0 1\nredis INFO 0 \nredis QUIT 0 OK\n");
}

/* The first answer, and the step that it makes. */
static void answer_one(const char *says, size_t n, const char *want)
{
	const struct peer_line part[] = {{"PING\r\n", says, n}, {0}};
	peer_row("redis", part, ERR_UNPROVEN, want);
}

static void answers_that_are_wrong(void **state)
{
	answer_one("-NOAUTH Authentication \033required.\r\n", 0,
		   "redis PING -1 the service answered with an error: NOAUTH Authentication \\x1brequired.\n");
	answer_one("+PANG\r\n", 0, "redis PING -1 the reply is not the expected one\n");
	answer_one("+PO", 0, "redis PING -1 the service closed the connection in the middle of a reply\n");
	answer_one("HTTP/1.1 400 Bad Request\r\n\r\n", 0, "redis PING -1 this is not redis: ...");
	answer_one("\r\n", 0, "redis PING -1 this is not redis: ...");
	answer_one("\0\r\n", 3, "redis PING -1 this is not redis: ...");
	answer_one("$99999999999999\r\n", 0, "redis PING -1 this is not redis: ...");
	answer_one("$600000\r\n", 0, "redis PING -1 this is not redis: ...");
	answer_one("$-2\r\n", 0, "redis PING -1 this is not redis: ...");
	answer_one("$4\0\r\nPONG\r\n", 12, "redis PING -1 this is not redis: ...");
	answer_one("$4\r\nPON", 0, "redis PING -1 the service closed the connection in the middle of a string\n");
	answer_one("$-1\r\n", 0, "redis PING -1 the reply is not the expected one\n");
	answer_one("*1\r\n$4\r\nPONG\r\n", 0, "redis PING -1 this is not redis: ...");
}

static void what_is_set_must_come_back(void **state)
{
	const struct peer_line part[] = {
	    {"PING\r\n", "+PONG\r\n"}, {"SET\r\n", "+OK\r\n"}, {"GET\r\n", "$-1\r\n"}, {0}};
	peer_row("redis", part, ERR_UNPROVEN,
		 "redis PING 0 PONG\nredis SET 0 OK\nredis GET -1 the reply is not the expected one\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_exercise),
	    cmocka_unit_test(answers_that_are_wrong),
	    cmocka_unit_test(what_is_set_must_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
