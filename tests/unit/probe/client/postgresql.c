#include "unit.h"

#include "probe/client/peer.h"

#define OK "R\0\0\0\10\0\0\0\0"
#define READY "Z\0\0\0\5I"
#define KEY "K\0\0\0\14\0\0\0\1\0\0\0\2"
#define PARAMETER "S\0\0\0\10a\0b\0"
#define DONE "C\0\0\0\6A\0" READY
#define ROW                                                                                                            \
	"D\0\0\0\37\0\2\0\0\0\1"                                                                                       \
	"1\0\0\0\20slim probe value"
#define SAYS(text) text, sizeof(text) - 1

static void a_whole_exercise(void **state)
{
	const struct peer_line part[] = {{"database", SAYS("R\0\0\0\10\0\0\0\3")},
					 {"sesam", SAYS(OK PARAMETER KEY READY)},
					 {"version", SAYS("T\0\0\0\4"
							  "D\0\0\0\15\0\1\0\0\0\3x.y" DONE)},
					 {"CREATE", SAYS(DONE)},
					 {"INSERT", SAYS("N\0\0\0\14Mhello\0\0" DONE)},
					 {"ORDER", SAYS("T\0\0\0\4" ROW DONE)},
					 {"DROP", SAYS(DONE)},
					 {"X", NULL},
					 {0}};
	peer_row("postgresql,user=me,password=sesam,database=base", part, 0,
		 "postgresql login 0 ok\npostgresql SELECT version 0 x.y\\x0a\npostgresql CREATE TABLE 0 \n"
		 "postgresql INSERT 0 \npostgresql SELECT 0 1 slim probe value\\x0a\npostgresql DROP TABLE 0 \n");
}

static void md5(void **state)
{
	/* md5(md5("sesam" "me") "\1\2\3\4") */
	const struct peer_line part[] = {{"user", SAYS("R\0\0\0\14\0\0\0\5\1\2\3\4")},
					 {"md5c54d6271e4971dce7d2700e1d229bc84", SAYS("E\0\0\0\12MYES\0\0")},
					 {0}};
	peer_row("postgresql,user=me,password=sesam", part, ERR_UNPROVEN,
		 "postgresql login -1 the service answered with an error: YES\n");
}

static void login_one(const char *option, const char *says, size_t n, const char *want)
{
	const struct peer_line part[] = {{"user", says, n}, {0}};
	peer_row(option, part, ERR_UNPROVEN, want);
}
#define LOGIN(says, want) login_one("postgresql,user=me,password=sesam", says, sizeof(says) - 1, want)
#define NOT "postgresql login -1 this is not postgresql: "

static void logins_that_fail(void **state)
{
	LOGIN("E\0\0\0\30C28P01\0Mwrong\033 one\0\0",
	      "postgresql login -1 the service answered with an error: wrong\\x1b one\n");
	LOGIN("E\0\0\0\4", "postgresql login -1 the service answered with an error: the error has no message\n");
	LOGIN("E\0\0\0\7Mno", "postgresql login -1 the service answered with an error: \n");
	LOGIN("HTTP/1.1 400 Bad Request\r\n\r\n", "postgresql login -1 a message has more than 1048576 bytes\n");
	LOGIN("R\0\0\0\3", NOT "a message has no letter or length\n");
	LOGIN("\1\0\0\0\4", NOT "a message has no letter or length\n");
	LOGIN("R\0\0\0\4", NOT "the login has an unexpected message\n");
	LOGIN(READY, NOT "the login has an unexpected message\n");
	LOGIN("R\0\0\0\10\0\0\0\7", "postgresql login -1 the service wants a login method that slim does not know\n");
	LOGIN("R\0\0\0\12\0\0\0\5\1\2", NOT "the salt of MD5 is cut off\n");
	LOGIN("R\0\0\0\25\0\0\0\12SCRAM-SHA-1\0\0",
	      "postgresql login -1 the service wants a login method that slim does not know\n");
	LOGIN("R\0\0\0\13\0\0\0\13r=x", "postgresql login -1 the server's part of SCRAM is malformed\n");
	LOGIN("R\0\0\0\13\0\0\0\14v=x", "postgresql login -1 the server does not prove that it knows the password\n");
	LOGIN(OK "Z\0\0\0\5", "postgresql login -1 the service closed the connection in the middle of a message\n");
	LOGIN(OK OK, NOT "it is never ready for a query\n");
	login_one("postgresql,user=me", SAYS("R\0\0\0\10\0\0\0\3"),
		  "postgresql login -1 the service wants a password: password=TEXT\n");
}

static void tls_is_refused(void **state)
{
	const struct peer_line part[] = {{"\4\322\26\57", SAYS("N")}, {0}};
	peer_row("postgresql,user=me,tls", part, ERR_UNPROVEN,
		 "postgresql TLS -1 the service answered with an error: no TLS\n");
}

static void query_one(const char *says, size_t n, const char *want)
{
	const struct peer_line part[] = {{"user", SAYS(OK READY)}, {"version", says, n}, {0}};
	CLEANUP_FREE char *all = mem_printf("postgresql login 0 ok\n%s", want);
	peer_row("postgresql,user=me", part, ERR_UNPROVEN, all);
}
#define QUERY(says, want) query_one(says, sizeof(says) - 1, "postgresql SELECT version -1 " want)

static void answers_that_are_wrong(void **state)
{
	QUERY("D\0\0\0\12\0\1\0\0\0\3", "this is not postgresql: the answer to a query has an unexpected message\n");
	QUERY("D\0\0\0\6\377\377", "this is not postgresql: the answer to a query has an unexpected message\n");
	QUERY("G\0\0\0\4", "this is not postgresql: the answer to a query has an unexpected message\n");
	QUERY("E\0\0\0\12Mhmm\0\0", "the service answered with an error: hmm\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_exercise),       cmocka_unit_test(md5),
	    cmocka_unit_test(logins_that_fail),       cmocka_unit_test(tls_is_refused),
	    cmocka_unit_test(answers_that_are_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
