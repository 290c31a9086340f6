#include "unit.h"

#include "probe/client/scram.h"

#define NONCE "rOprNGfwEbeRWgbNEkqOabcdefghijk"
#define MORE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define FIRST "r=" NONCE MORE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

static struct probe_scram scram_of_nonce(void)
{
	struct probe_scram s = {0};
	strcpy(s.nonce, NONCE);
	return s;
}

static void a_login(void **state)
{
	static const char proof[] = "v=jKfxIiAwm8UPFx5U+jCDq/jQDa5r8YkaJo/C0lMDGAA=";
	struct probe_scram s = scram_of_nonce();
	CLEANUP_BUF struct buf out = {0};
	assert_int_equal(probe_scram_final(&s, "pencil", FIRST, strlen(FIRST), &out, NULL), 0);
	assert_string_equal(out.data, "c=biws,r=" NONCE MORE ",p=A/8CCrgfnsSSM+Rzf4ZiTJYrSOepCSDQI7WdlBVtmYE=");
	assert_int_equal(probe_scram_check(&s, proof, strlen(proof), NULL), 0);
	assert_int_equal(probe_scram_check(&s, proof, strlen(proof) - 1, NULL), -ERR_PROTO);
	assert_int_equal(probe_scram_check(&s, "v=AAAA", 6, NULL), -ERR_PROTO);
	probe_scram_done(&s);
	assert_int_equal(probe_scram_check(&s, "v=", 2, NULL), -ERR_PROTO);
}

static void first_one(const char *message, int code)
{
	struct probe_scram s = scram_of_nonce();
	CLEANUP_BUF struct buf out = {0};
	assert_int_equal(probe_scram_final(&s, "pencil", message, strlen(message), &out, NULL), -code);
	probe_scram_done(&s);
}

static void servers_that_are_wrong(void **state)
{
	first_one("", ERR_PROTO);
	first_one("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", ERR_PROTO);
	first_one("r=" NONCE MORE ",s=?,i=4096", ERR_PROTO);
	first_one("r=" NONCE MORE ",s=,i=4096", ERR_PROTO);
	first_one("r=" NONCE MORE ",s=W22Z,i=0", ERR_PROTO);
	first_one("r=" NONCE MORE ",s=W22Z,i=-1", ERR_PROTO);
	first_one("r=" NONCE MORE ",s=W22Z", ERR_PROTO);
	first_one("m=x,r=" NONCE MORE ",s=W22Z,i=1", ERR_PROTO);
	first_one("r=" NONCE MORE ",s=W22Z,i=999999999999999999999", ERR_LIMIT);
	first_one("r=" NONCE MORE ",s=W22Z,i=1000001", ERR_LIMIT);
}

/* Who sends its first message before ours would choose all of the nonce. */
static void a_server_that_is_too_early(void **state)
{
	struct probe_scram s = {0};
	CLEANUP_BUF struct buf out = {0};
	assert_int_equal(probe_scram_final(&s, "pencil", FIRST, strlen(FIRST), &out, NULL), -ERR_PROTO);
	assert_int_equal(out.len, 0);
	probe_scram_done(&s);
}

static void each_login_has_its_nonce(void **state)
{
	struct probe_scram a = {0}, b = {0};
	CLEANUP_BUF struct buf first = {0}, second = {0};
	assert_int_equal(probe_scram_first(&a, &first, NULL), 0);
	assert_int_equal(probe_scram_first(&b, &second, NULL), 0);
	assert_int_equal(strncmp(first.data, "n,,n=,r=", 8), 0);
	assert_string_not_equal(first.data, second.data);
	assert_int_equal(first.len, 8 + 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_login),
	    cmocka_unit_test(servers_that_are_wrong),
	    cmocka_unit_test(a_server_that_is_too_early),
	    cmocka_unit_test(each_login_has_its_nonce),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
