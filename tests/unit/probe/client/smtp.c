#include "unit.h"

#include "probe/client/peer.h"

static void a_whole_exercise(void **state)
{
	/* "\0me\0sesam" in base64 */
	const struct peer_line part[] = {{NULL, "220-mx\r\n220 ESMTP\r\n"},
					 {"EHLO", "250-mx\r\n250-SIZE 1000\r\n250 HELP\r\n"},
					 {"AUTH PLAIN AG1lAHNlc2Ft\r\n", "235 ok\r\n"},
					 {"MAIL FROM", "250 ok\r\n"},
					 {"RCPT TO:<you@localhost>", "250 ok\r\n"},
					 {"DATA", "354 go\r\n"},
					 {"\r\n.\r\n", "250 queued as 1234\r\n"},
					 {"QUIT", "221 bye\r\n"},
					 {0}};
	peer_row("smtp,user=me,password=sesam,to=you@localhost", part, 0,
		 "smtp greeting 0 220\nsmtp EHLO 0 SIZE 1000\\x0aHELP\\x0a\nsmtp AUTH 0 235\nsmtp MAIL 0 250\n"
		 "smtp RCPT 0 250\nsmtp DATA 0 354\nsmtp message 0 250\nsmtp QUIT 0 221\n");
}

static void greet_one(const char *says, const char *want)
{
	const struct peer_line part[] = {{NULL, says}, {0}};
	CLEANUP_FREE char *all = mem_printf("smtp %s", want);
	peer_row("smtp", part, ERR_UNPROVEN, all);
}

static void services_that_are_wrong(void **state)
{
	CLEANUP_BUF struct buf endless = {0};
	greet_one("554 no \033service\r\n", "greeting -1 the service answered with an error: 554 no \\x1bservice\n");
	greet_one("hello\r\n", "greeting -1 this is not smtp: a reply has no code\n");
	greet_one("22\r\n", "greeting -1 this is not smtp: a reply has no code\n");
	greet_one("920 x\r\n", "greeting -1 this is not smtp: a reply has no code\n");
	greet_one("220x\r\n", "greeting -1 this is not smtp: a reply has no code\n");
	greet_one("220-a\r\n", "greeting -1 the service closed the connection before a reply\n");
	for (int i = 0; i < 201; i++)
		buf_str(&endless, "220-a\r\n");
	greet_one(endless.data, "greeting -1 this is not smtp: a reply has no code\n");
	greet_one("220 a\r\n250 a\r\n251 forwarded\r\n",
		  "greeting 0 220\nsmtp EHLO 0 \nsmtp MAIL -1 this is not smtp: a reply has another code\n");
}

/* What comes behind the answer to STARTTLS, in plain text, was put there by someone on the way. */
static void tls_begins_with_nothing_before_it(void **state)
{
	const struct peer_line part[] = {{NULL, "220 mx\r\n"},
					 {"EHLO", "250-mx\r\n250-starttls\r\n250 X\r\n"},
					 {"STARTTLS", "220 go\r\n250 injected\r\n"},
					 {0}};
	peer_row("smtp", part, ERR_UNPROVEN,
		 "smtp greeting 0 220\nsmtp EHLO 0 starttls\\x0aX\\x0a\nsmtp STARTTLS 0 220\nsmtp TLS -1 "
		 "the service sent data before TLS began\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_exercise),
	    cmocka_unit_test(services_that_are_wrong),
	    cmocka_unit_test(tls_begins_with_nothing_before_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
