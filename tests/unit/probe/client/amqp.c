#include "unit.h"

#include "probe/client/peer.h"

#define SAYS(text) text, sizeof(text) - 1
/* frames: connection.start, .tune, .open-ok, channel.open-ok, a heartbeat and queue.declare-ok */
#define START "\1\0\1\0\0\0\34\0\12\0\12\0\11\0\0\0\0\0\0\0\5PLAIN\0\0\0\5en_US\316"
#define TUNE "\1\0\1\0\0\0\14\0\12\0\36\0d\0\2\0\0\0<\316"
#define OPEN_OK "\1\0\1\0\0\0\5\0\12\0)\0\316"
#define CHANNEL_OK "\1\0\1\0\0\0\10\0\24\0\13\0\0\0\0\316"
#define DECLARE_OK "\10\0\0\0\0\0\0\316\1\0\1\0\0\0\27\0002\0\13\12slim-probe\0\0\0\0\0\0\0\0\316"
#define GET_OK "\1\0\1\0\0\0\23\0<\0G\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\316"
#define CONTENT "\2\0\1\0\0\0\16\0<\0\0\0\0\0\0\0\0\0\20\0\0\316\3\0\1\0\0\0\20slim probe value\316"
#define OTHER "\2\0\1\0\0\0\16\0<\0\0\0\0\0\0\0\0\0\20\0\0\316\3\0\1\0\0\0\20slim probe valuE\316"
#define DELETE_OK "\1\0\1\0\0\0\10\0002\0)\0\0\0\0\316"
#define CLOSE_OK "\1\0\1\0\0\0\4\0\12\0003\316"

static void converse(const char *content, size_t n, int code, const char *want)
{
	const struct peer_line lines[] = {{"AMQP", SAYS(START)},
					  {"PLAIN", SAYS(TUNE)},
					  {"base", SAYS(OPEN_OK CHANNEL_OK DECLARE_OK GET_OK)},
					  {"slim probe value", content, n},
					  {"done", SAYS(CLOSE_OK)},
					  {0}};
	peer_row("amqp,user=me,password=sesam,database=base", lines, code, want);
}

static void a_whole_exercise(void **state)
{
	converse(SAYS(CONTENT DELETE_OK), 0,
		 "amqp login 0 ok\namqp open 0 ok\namqp channel 0 ok\namqp declare 0 ok\namqp publish 0 ok\n"
		 "amqp get 0 slim probe value\namqp delete 0 ok\namqp close 0 ok\n");
}

static void another_message_comes_back(void **state)
{
	converse(SAYS(OTHER), ERR_UNPROVEN,
		 "amqp login 0 ok\namqp open 0 ok\namqp channel 0 ok\namqp declare 0 ok\namqp publish 0 ok\n"
		 "amqp get -1 the published message does not come back\n");
}

static void login_one(const char *says, size_t n, const char *want)
{
	const struct peer_line part[] = {{"AMQP", says, n}, {0}};
	CLEANUP_FREE char *all = mem_printf("amqp login -1 %s\n", want);
	peer_row("amqp", part, ERR_UNPROVEN, all);
}

static void logins_that_fail(void **state)
{
	login_one(SAYS("\1\0\1\0\0\0\22\0\12\0002\1\223\7REFUSED\0\0\0\0\316"),
		  "the service answered with an error: REFUSED");
	login_one(SAYS("\1\0\1\0\0\0\12\0\12\0002\1\223\377REF\316"), "the service answered with an error: ");
	login_one(SAYS("AMQP\0\1\0\0"), "this is not amqp: the service wants another version of it");
	login_one(SAYS("\1\0\0\0\0\0\2\0\12\316"), "this is not amqp: the service sent another method than expected");
	login_one(SAYS("\3\0\0\0\0\0\4\0\12\0\12\316"),
		  "this is not amqp: the service sent another method than expected");
	login_one(SAYS("\1\0\0\0\0\0\0x"), "this is not amqp: a frame has no end");
	login_one(SAYS("\1\0\0\377\377\377\377\0"), "a frame has more than 1048576 bytes");
	login_one(SAYS("HTTP/1.1 400 Bad Request"), "a frame has more than 1048576 bytes");
	login_one(SAYS("\1\0\0\0\0\0\5abc"), "the service closed the connection in the middle of a frame");
	login_one(
	    SAYS(
		"\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0"
		"\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0"
		"\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316"
		"\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0"
		"\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0"
		"\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316"
		"\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0"
		"\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0"
		"\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316"
		"\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0"
		"\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0"
		"\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316"
		"\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0"
		"\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0"
		"\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316"
		"\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0"
		"\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0"
		"\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316"
		"\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316\10\0\0\0\0\0\0\316"),
	    "this is not amqp: it sends heartbeats without end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_exercise),
	    cmocka_unit_test(another_message_comes_back),
	    cmocka_unit_test(logins_that_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
