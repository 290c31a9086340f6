#include "unit.h"

#include "probe/client/peer.h"

#define SAYS(text) text, sizeof(text) - 1
#define CONNACK "\x20\2\0\0"
#define SUBACK "\x90\3\0\1\0"
#define MESSAGE "\x30\x1c\0\x0aslim/probeslim probe value"

static void a_whole_exercise(void **state)
{
	const struct peer_line part[] = {{"me\0\5sesam", SAYS(CONNACK)},
					 {"slim/probe", SAYS(SUBACK "\x30\4\0\1xy")},
					 {"slim probe value", SAYS(MESSAGE)},
					 {"\xe0", NULL},
					 {0}};
	peer_row("mqtt,user=me,password=sesam", part, 0,
		 "mqtt CONNECT 0 ok\nmqtt SUBSCRIBE 0 ok\nmqtt PUBLISH 0 slim probe value\n");
}

static void connect_one(const char *says, size_t n, const char *want)
{
	const struct peer_line part[] = {{"slim-probe", says, n}, {0}};
	CLEANUP_FREE char *all = mem_printf("mqtt %s", want);
	peer_row("mqtt", part, ERR_UNPROVEN, all);
}

static void services_that_are_wrong(void **state)
{
	connect_one(SAYS("\x20\2\0\5"), "CONNECT -1 the service answered with an error: not authorized\n");
	connect_one(SAYS("\x20\2\0\377"), "CONNECT -1 the service answered with an error: the reason is unknown\n");
	connect_one(SAYS("\x20\1\0"), "CONNECT -1 this is not mqtt: the answer to CONNECT is not a CONNACK\n");
	connect_one(SAYS("\x30\2\0\0"), "CONNECT -1 this is not mqtt: the answer to CONNECT is not a CONNACK\n");
	connect_one(SAYS("\x20\377\377\377\377\1"),
		    "CONNECT -1 this is not mqtt: a packet's length has more than four bytes\n");
	connect_one(SAYS("\x20\377\377\377\177"), "CONNECT -1 CONNACK has more than 1048576 bytes\n");
	connect_one(SAYS("\x20\2\0"), "CONNECT -1 the service closed the connection in the middle of CONNACK\n");
	connect_one(SAYS(CONNACK "\x90\3\0\1\200"),
		    "CONNECT 0 ok\nmqtt SUBSCRIBE -1 the service answered with an error: ...");
	connect_one(SAYS(CONNACK "\x90\3\0\2\0"), "CONNECT 0 ok\nmqtt SUBSCRIBE -1 this is not mqtt: ...");
	connect_one(SAYS(CONNACK SUBACK "\x40\2\0\1"),
		    "CONNECT 0 ok\nmqtt SUBSCRIBE 0 ok\nmqtt PUBLISH -1 this is not mqtt: ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_exercise),
	    cmocka_unit_test(services_that_are_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
