#include "unit.h"

#include "ci/gate/private_key.h"

#define DATA "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"

static bool is_key(const char *text)
{
	return ci_gate_private_key_text(text, strlen(text));
}

static void keys(void **state)
{
	assert_true(is_key("-----BEGIN PRIVATE KEY-----\n" DATA "\n-----END PRIVATE KEY-----\n"));
	assert_true(is_key("subject: x\r\n-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n"));
	assert_true(is_key("-----BEGIN OPENSSH PRIVATE KEY-----\n" DATA));
	assert_true(is_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\n" DATA "\n"));
}

static void none(void **state)
{
	assert_false(is_key(""));
	assert_false(is_key("-----BEGIN PUBLIC KEY-----\n" DATA "\n"));
	assert_false(is_key("-----BEGIN CERTIFICATE-----\n" DATA "\n"));
	assert_false(is_key("-----BEGIN PRIVATE KEY-----"));
	assert_false(is_key("-----BEGIN PRIVATE KEY-----\n"));
	assert_false(is_key("-----BEGIN PRIVATE KEY-----\n...\n")); /* of a manual */
	assert_false(is_key("x = \"-----BEGIN PRIVATE KEY-----\"\n" DATA "\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys),
	    cmocka_unit_test(none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
