#include "unit.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/mem.h"
#include "probe/client/mysql_login.h"

static const unsigned char nonce[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

static void answer_one(const char *method, const char *password, const char *hex)
{
	CLEANUP_BUF struct buf out = {0}, got = {0};
	assert_int_equal(probe_mysql_answer(method, password, nonce, &out), hex != NULL);
	for (size_t i = 0; i < out.len; i++)
		buf_printf(&got, "%02x", (unsigned char)out.data[i]);
	assert_string_equal(got.len ? got.data : "", hex ? hex : "");
}

static void answers(void **state)
{
	answer_one(PROBE_MYSQL_NATIVE, "sesam", "cbfebb1aed39379ffe10a8796528cfb19b2d928c");
	answer_one(PROBE_MYSQL_SHA2, "sesam", "75d84de00a2fba06a94203c5649bd487b0b39f8025b64883754f9c78f3c1619f");
	answer_one(PROBE_MYSQL_NATIVE, "", "");
	answer_one("client_ed25519", "sesam", NULL);
}

static void the_key_of_the_server(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	BIO *pem = BIO_new(BIO_s_mem());
	CLEANUP_BUF struct buf out = {0};
	unsigned char *text, plain[512];
	size_t n = sizeof(plain);
	assert_int_equal(PEM_write_bio_PUBKEY(pem, key), 1);
	const long size = BIO_get_mem_data(pem, (char **)&text);
	assert_int_equal(probe_mysql_encrypt("sesam", nonce, text, (size_t)size, &out, NULL), 0);
	EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(key, NULL);
	assert_int_equal(EVP_PKEY_decrypt_init(x), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(x, RSA_PKCS1_OAEP_PADDING), 1);
	assert_int_equal(EVP_PKEY_decrypt(x, plain, &n, (unsigned char *)out.data, out.len), 1);
	assert_int_equal(n, 6);
	for (size_t i = 0; i < n; i++)
		plain[i] ^= nonce[i];
	assert_string_equal((char *)plain, "sesam");
	CLEANUP_FREE char *cut = mem_strndup((char *)text, (size_t)size - 60);
	assert_int_equal(probe_mysql_encrypt("sesam", nonce, cut, strlen(cut), &out, NULL), -ERR_PROTO);
	EVP_PKEY_CTX_free(x);
	EVP_PKEY_free(key);
	BIO_free(pem);
	/* a key of another kind, and a password that is longer than the key */
	EVP_PKEY *other = EVP_EC_gen("P-256");
	pem = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PUBKEY(pem, other), 1);
	const long other_size = BIO_get_mem_data(pem, (char **)&text);
	assert_int_equal(probe_mysql_encrypt("sesam", nonce, text, (size_t)other_size, &out, NULL), -ERR_PROTO);
	EVP_PKEY_free(other);
	BIO_free(pem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers),
	    cmocka_unit_test(the_key_of_the_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
