#include "unit.h"

#include "probe/client/peer.h"

#define SAYS(text) text, sizeof(text) - 1
#define GREETING_OF(length, capabilities, method)                                                                      \
	length "\0\0\0"                                                                                                \
	       "\12"                                                                                                   \
	       "8.0.1\0"                                                                                               \
	       "\1\0\0\0"                                                                                              \
	       "\1\2\3\4\5\6\7\10"                                                                                     \
	       "\0"                                                                                                    \
	       "\377\377"                                                                                              \
	       "\41"                                                                                                   \
	       "\2\0" capabilities "\25"                                                                               \
	       "\0\0\0\0\0\0\0\0\0\0"                                                                                  \
	       "\11\12\13\14\15\16\17\20\21\22\23\24"                                                                  \
	       "\0" method "\0"
#define GREETING GREETING_OF("\111", "\10\0", "caching_sha2_password")
#define OK(n) "\7\0\0" n "\0\0\0\2\0\0\0"
#define EOF_(n) "\5\0\0" n "\376\0\0\2\0"
#define COLUMN(n) "\4\0\0" n "\3def"

static void a_whole_exercise(void **state)
{
	const struct peer_line part[] = {
	    {NULL, SAYS(GREETING)},
	    {"\165\330\115\340\012\057\272\006\251\102\003\305\144\233\324\207\260\263\237\200\045\266\110\203\165\117"
	     "\234\170\363\301\141\237",
	     SAYS("\2\0\0\2\1\3" OK("\3"))},
	    {"version", SAYS("\1\0\0\1\1" COLUMN("\2") EOF_("\3") "\4\0\0\4\3x.y" EOF_("\5"))},
	    {"CREATE", SAYS(OK("\1"))},
	    {"INSERT", SAYS(OK("\1"))},
	    {"SELECT", SAYS("\1\0\0\1\2" COLUMN("\2") COLUMN("\3") EOF_("\4") "\23\0\0\5\1"
									      "1\20slim probe value" EOF_("\6"))},
	    {"\1\0\0\0\1", NULL, 0},
	    {0}};
	peer_row("mysql,user=me,password=sesam,database=base", part, 0,
		 "mysql login 0 ok\nmysql SELECT version 0 x.y\\x0a\nmysql CREATE TABLE 0 \nmysql INSERT 0 \n"
		 "mysql SELECT 0 1 slim probe value\\x0a\n");
}

static void another_method_is_asked_for(void **state)
{
	const struct peer_line part[] = {
	    {NULL, SAYS(GREETING)},
	    {"caching_sha2_password", SAYS("\54\0\0\2\376mysql_native_password\0"
					   "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\0")},
	    {"\313\376\273\032\355\071\067\237\376\020\250\171\145\050\317\261\233\055\222\214",
	     SAYS("\13\0\0\4\377\25\4#28000no")},
	    {0}};
	peer_row("mysql,user=me,password=sesam", part, ERR_UNPROVEN,
		 "mysql login -1 the service answered with an error: no\n");
}

static void login_one(const char *option, const char *says, size_t n, const char *more, size_t n_more, const char *want)
{
	const struct peer_line part[] = {
	    {NULL, says, n}, {n_more ? "_password" : NULL, n_more ? more : NULL, n_more}, {0}};
	CLEANUP_FREE char *all = mem_printf("mysql login -1 %s", want);
	peer_row(option, part, ERR_UNPROVEN, all);
}
#define GREET(says, want) login_one("mysql,user=me,password=sesam", SAYS(says), "", 0, want)
#define LOGIN(says, want) login_one("mysql,user=me,password=sesam", SAYS(GREETING), SAYS(says), want)

static void logins_that_fail(void **state)
{
	GREET("\17\0\0\0\377\152\4Host is \033not", "the service answered with an error: Host is \\x1bnot\n");
	GREET("\1\0\0\0\377", "the service answered with an error: \n");
	GREET("\0\0\0\0", "this is not mysql: a packet is empty\n");
	GREET("\1\0\0\0\11", "this is not mysql: the greeting does not have version 10\n");
	GREET("\3\0\0\0\12ab", "this is not mysql: the greeting is cut off...");
	GREET("\377\377\377\0", "a packet has more than 1048576 bytes\n");
	GREET("HTTP/1.1 400 Bad Request", "a packet has more than 1048576 bytes\n");
	GREET("\50\0\0\0\12", "the service closed the connection in the middle of a packet\n");
	LOGIN("\1\0\0\2\1", "this is not mysql: the login has an unexpected packet\n");
	LOGIN("\1\0\0\2\2", "this is not mysql: the login has an unexpected packet\n");
	LOGIN("\11\0\0\2\376ed25519\0", "the service asks for the login ed25519\n");
	LOGIN("\2\0\0\2\376x", "the service asks for the login without a name\n");
	LOGIN("\27\0\0\2\376mysql_native_password\0", "this is not mysql: the request for another login is cut off\n");
	LOGIN("\2\0\0\2\1\4"
	      "\10\0\0\4\1 no key",
	      "the service's public key is not usable\n");
	LOGIN("\2\0\0\2\1\4"
	      "\1\0\0\4\0",
	      "this is not mysql: the service sends no public key\n");
	login_one("mysql,user=me,tls", SAYS(GREETING), "", 0,
		  "the service closed the connection in the TLS handshake\n");
}

static void query_one(const char *says, size_t n, const char *want)
{
	const struct peer_line part[] = {
	    {NULL, SAYS(GREETING)}, {"_password", SAYS(OK("\2"))}, {"version", says, n}, {0}};
	CLEANUP_FREE char *all = mem_printf("mysql login 0 ok\nmysql SELECT version -1 %s\n", want);
	peer_row("mysql,user=me", part, ERR_UNPROVEN, all);
}
#define QUERY(says, want) query_one(says, sizeof(says) - 1, want)

static void answers_that_are_wrong(void **state)
{
	QUERY("\11\0\0\1\377\1\2#12345", "the service answered with an error: ");
	QUERY("\1\0\0\1\373", "this is not mysql: the answer to a query is malformed");
	QUERY("\3\0\0\1\374\377\377", "this is not mysql: the answer to a query is malformed");
	QUERY("\2\0\0\1\1\1", "this is not mysql: the answer to a query is malformed");
	QUERY("\1\0\0\1\1" COLUMN("\2") EOF_("\3") "\2\0\0\4\3x", "this is not mysql: a row is malformed");
	QUERY("\1\0\0\1\1" COLUMN("\2") EOF_("\3") "\11\0\0\4\376\377\377\377\377\377\377\377\377",
	      "this is not mysql: a row is malformed");
	QUERY("\1\0\0\1\1" COLUMN("\2"), "the service closed the connection before a packet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_exercise),
	    cmocka_unit_test(another_method_is_asked_for),
	    cmocka_unit_test(logins_that_fail),
	    cmocka_unit_test(answers_that_are_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
