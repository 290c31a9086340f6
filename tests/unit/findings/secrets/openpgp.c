#include "unit.h"

#include "base/buf.h"
#include "findings/secrets/openpgp.h"
#include "text/base64.h"

/* A packet of a secret key: the header, version and time, the algorithm with its public part, then the usage. */
static bool is_open(const char *head, size_t n_head, const char *rest, size_t n)
{
	CLEANUP_BUF struct buf packet = {0}, text = {0};
	buf_append(&packet, head, n_head);
	buf_append(&packet, "\4abcd", 5);
	buf_append(&packet, rest, n);
	for (size_t i = 0; i < 60; i++)
		buf_char(&packet, 'x');
	buf_str(&text, "\nVersion: 1\n\n");
	base64_encode(packet.data, packet.len, &text);
	buf_str(&text, "\n=abcd\n-----END");
	return findings_openpgp_is_open(text.data, text.len);
}

#define OLD "\x95\1\0"
#define NEW "\xc5\x80"
#define RSA "\1\0\x10xx\0\x08y"
#define EDDSA "\x16\3oid\0\x08y"
#define ECDH "\x12\3oid\0\x08y\3kdf"
#define IS(head, key) is_open(head, sizeof(head) - 1, key, sizeof(key) - 1)

static void the_usage_tells(void **state)
{
	assert_false(IS(OLD, RSA "\xfe"));
	assert_true(IS(OLD, RSA "\0"));
	assert_false(IS(NEW, EDDSA "\xff"));
	assert_true(IS(NEW, EDDSA "\0"));
	assert_false(IS(NEW, ECDH "\xfe"));
	assert_true(IS(NEW, ECDH "\0"));
}

static void what_cannot_be_read_counts_as_open(void **state)
{
	assert_true(IS("\x99\1\0", RSA "\xfe")); /* a public key */
	assert_true(IS(OLD, "\x63"
			    "aaaaaaaaa")); /* an unknown algorithm */
	assert_true(IS(OLD, "\1\xff\xff"
			    "aaaaaaaa")); /* a number that is cut off */
	assert_false(findings_openpgp_is_open("", 0));
	assert_false(findings_openpgp_is_open("\n\nlQ", 4));
	assert_false(findings_openpgp_is_open("\n-----", 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_usage_tells),
	    cmocka_unit_test(what_cannot_be_read_counts_as_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
