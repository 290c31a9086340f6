#include "unit.h"

#include "probe/client/peer.h"

#define SAYS(text) text, sizeof(text) - 1
#define SETTINGS "\0\0\0\4\0\0\0\0\0"
#define HEALTHY                                                                                                        \
	"\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0\0\0\10\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\1\4\0\0\0\1\210\0\0\7\0\0\0\0"  \
	"\0\1\0\0\0\0\2\10\1\0\0\1\1\5\0\0\0\1@"
#define NO_V1 "\0\0\1\1\5\0\0\0\3@"

static void a_whole_exercise(void **state)
{
	const struct peer_line part[] = {
	    {"Health/Check", SAYS(HEALTHY)},
	    {"v1.Server", SAYS(NO_V1)},
	    {"v1alpha",
	     SAYS("\0\0\1\1\5\0\0\0\3@\0\0\1\1\4\0\0\0\5\210\0\0\21\0\10\0\0\0\5\2\0\0\0\0\0112\7\12\5\12\3a."
		  "B\0\0\0\0\1\1\5\0\0\0\5@")},
	    {0}};
	peer_row("grpc", part, 0, "grpc health 0 SERVING\ngrpc reflection 0 a.B\\x0a\n");
}

static void health_one(const char *says, size_t n, const char *want)
{
	const struct peer_line part[] = {{"Health/Check", says, n}, {0}};
	CLEANUP_FREE char *all = mem_printf("grpc health %s", want);
	peer_row("grpc", part, ERR_UNPROVEN, all);
}

static void services_that_are_wrong(void **state)
{
	health_one(SAYS("HTTP/1.1 400 Bad Request\15\12\15\12"),
		   "-1 this is not grpc: it does not speak HTTP/2, or a frame is too large\n");
	health_one(SAYS("\0\0\0\4\0\0\0\0\0\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		   "-1 the service answered with an error: it ends the connection\n");
	health_one(SAYS("\0\0\0\4\0\0\0\0\0\0\0\4\0\10\0\0\0\1\5abc"),
		   "-1 this is not grpc: a frame is malformed, or the answer is too large\n");
	health_one(SAYS("\0\0\0\4\0\0\0\0\0\0\0\0\0\10\0\0\0\1"),
		   "-1 this is not grpc: a frame is malformed, or the answer is too large\n");
	health_one(SAYS("\0\0\0\4\0\0\0\0\0\0\0\3\0\0\0\0\0\1ab"),
		   "-1 the service closed the connection in the middle of an answer\n");
	health_one(
	    SAYS("\0\0\0\4\0\0\0\0\0\0\0\4\3\0\0\0\0\1\0\0\0\0\0\0\1\1\5\0\0\0\3@\0\0\1\1\5\0\0\0\5@"),
	    "0 none\ngrpc reflection 0 none\ngrpc answer -1 the service has neither health checks nor reflection...");
	health_one(SAYS("\0\0\0\4\0\0\0\0\0\0\0\7\0\1\0\0\0\1\1\0\0\0\2\10\1\0\0\1\1\5\0\0\0\3@\0\0\1\1\5\0\0\0\5@"),
		   "0 none\n...");
	health_one(SAYS("\0\0\0\4\0\0\0\0\0\0\0\7\0\1\0\0\0\1\0\0\0\0c\10\1\0\0\1\1\5\0\0\0\3@\0\0\1\1\5\0\0\0\5@"),
		   "0 none\n...");
}

/* Messages that end too early, or have fields of other kinds, have no services. */
static void reflection_one(const char *says, size_t n, const char *names)
{
	const struct peer_line part[] = {{"Health/Check", SAYS(HEALTHY)}, {"v1.Server", says, n}, {0}};
	CLEANUP_FREE char *all = mem_printf("grpc health 0 SERVING\ngrpc reflection 0 %s\n", names);
	peer_row("grpc", part, 0, all);
}

static void reflection(void **state)
{
	reflection_one(SAYS("\0\0\16\0\1\0\0\0\3\0\0\0\0\0112\7\12\5\12\3a.B"), "a.B\\x0a");
	reflection_one(SAYS("\0\0\36\0\1\0\0\0\3\0\0\0\0\31\10\5\21\0\0\0\0\0\0\0\0\35\0\0\0\0002\7\12\5\12\3a.B"),
		       "a.B\\x0a");
	reflection_one(SAYS("\0\0\11\0\1\0\0\0\3\0\0\0\0\0042\377\12\5"), "");
	reflection_one(SAYS("\0\0\12\0\1\0\0\0\3\0\0\0\0\0052\3\12\177\12"), "");
	reflection_one(SAYS("\0\0\21\0\1\0\0\0\3\0\0\0\0\14\377\377\377\377\377\377\377\377\377\377\377\377"), "");
	reflection_one(SAYS("\0\0\10\0\1\0\0\0\3\0\0\0\0\0033\1a"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_exercise),
	    cmocka_unit_test(services_that_are_wrong),
	    cmocka_unit_test(reflection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
