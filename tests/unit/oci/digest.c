#include "unit.h"

#include "oci/digest.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void parse_one(const char *s, int want)
{
	struct oci_digest d = {0};
	struct err err = {0};
	assert_int_equal(oci_digest_parse(s, &d, &err), -want);
	assert_int_equal(err.code, want);
	assert_string_equal(d.text, want ? "" : s);
	if (want)
		assert_non_null(strstr(err.msg, s));
}

static void parse(void **state)
{
	parse_one("sha256:" EMPTY, ERR_NONE);
	parse_one("sha512:" EMPTY EMPTY, ERR_UNSUPPORTED);
	parse_one("sha256+b64:abc", ERR_UNSUPPORTED);
	parse_one("sha25:" EMPTY, ERR_UNSUPPORTED);
	parse_one("", ERR_CORRUPT);
	parse_one(":" EMPTY, ERR_CORRUPT);
	parse_one(EMPTY, ERR_CORRUPT);
	parse_one("SHA256:" EMPTY, ERR_CORRUPT);
	parse_one("../sha256:" EMPTY, ERR_CORRUPT);
	parse_one("sha256:", ERR_CORRUPT);
	parse_one("sha256:" EMPTY "0", ERR_CORRUPT);
	parse_one("sha256:E3B0C44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ERR_CORRUPT);
	parse_one("sha256:../../../../../../../../../../../../../../../../../../etc/passwd0", ERR_CORRUPT);
}

static void of_bytes(void **state)
{
	struct oci_digest a, b;
	oci_digest_of("", 0, &a);
	assert_string_equal(a.text, "sha256:" EMPTY);
	oci_digest_of("abc", 3, &b);
	assert_string_equal(b.text, "sha256:" ABC);
	assert_string_equal(oci_digest_hex(&b), ABC);
	assert_false(oci_digest_equal(&a, &b));
	a = b;
	assert_true(oci_digest_equal(&a, &b));
}

static void chain_ids(void **state)
{
	struct oci_digest a, b, chain;
	oci_digest_of("", 0, &a);
	oci_digest_of("abc", 3, &b);
	oci_chain_id(NULL, &a, &chain);
	assert_string_equal(chain.text, a.text);
	/* printf 'sha256:EMPTY sha256:ABC' | sha256sum */
	oci_chain_id(&chain, &b, &chain);
	assert_string_equal(chain.text, "sha256:a893da35bd22286079f2f3931516d3423eb9b4945f2379e0f8a501ec3d665dd6");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse),
	    cmocka_unit_test(of_bytes),
	    cmocka_unit_test(chain_ids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
