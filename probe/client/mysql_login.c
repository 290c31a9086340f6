#include "probe/client/mysql_login.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define KEY_MAX 65536

static void hash(const EVP_MD *kind, const void *a, size_t n_a, const void *b, size_t n_b, unsigned char *out)
{
	CLEANUP_BUF struct buf all = {0};
	buf_append(&all, a, n_a);
	buf_append(&all, b, n_b);
	if (EVP_Digest(all.data, all.len, out, NULL, kind, NULL) != 1)
		abort(); /* without memory, or the algorithm */
}

bool probe_mysql_answer(const char *method, const char *password, const unsigned char nonce[PROBE_MYSQL_NONCE],
			struct buf *out)
{
	const bool native = strcmp(method, PROBE_MYSQL_NATIVE) == 0;
	const EVP_MD *kind = native ? EVP_sha1() : EVP_sha256();
	const size_t n = native ? 20 : 32;
	unsigned char once[32], twice[32], mask[32];
	if (!native && strcmp(method, PROBE_MYSQL_SHA2) != 0)
		return false;
	if (!*password)
		return true;
	hash(kind, password, strlen(password), "", 0, once);
	hash(kind, once, n, "", 0, twice);
	if (native)
		hash(kind, nonce, PROBE_MYSQL_NONCE, twice, n, mask);
	else
		hash(kind, twice, n, nonce, PROBE_MYSQL_NONCE, mask);
	for (size_t i = 0; i < n; i++)
		once[i] ^= mask[i];
	buf_append(out, once, n);
	return true;
}

static bool encrypt(EVP_PKEY *key, const void *data, size_t n, struct buf *out)
{
	size_t size = 0;
	EVP_PKEY_CTX *x = key && EVP_PKEY_is_a(key, "RSA") ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	bool good = x && EVP_PKEY_encrypt_init(x) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(x, RSA_PKCS1_OAEP_PADDING) == 1 &&
		    EVP_PKEY_encrypt(x, NULL, &size, data, n) == 1 && size <= KEY_MAX;
	if (good) {
		buf_reserve(out, size);
		good = EVP_PKEY_encrypt(x, (unsigned char *)out->data + out->len, &size, data, n) == 1;
		out->len += good ? size : 0;
	}
	EVP_PKEY_CTX_free(x);
	ERR_clear_error();
	return good;
}

int probe_mysql_encrypt(const char *password, const unsigned char nonce[PROBE_MYSQL_NONCE], const void *key, size_t n,
			struct buf *out, struct err *err)
{
	const size_t length = strlen(password) + 1;
	CLEANUP_FREE char *text = mem_dup(password, length);
	BIO *pem = n <= KEY_MAX ? BIO_new_mem_buf(key, (int)n) : NULL;
	EVP_PKEY *public = pem ? PEM_read_bio_PUBKEY(pem, NULL, NULL, NULL) : NULL;
	for (size_t i = 0; i < length; i++)
		text[i] ^= (char)nonce[i % PROBE_MYSQL_NONCE];
	const bool good = encrypt(public, text, length, out);
	EVP_PKEY_free(public);
	BIO_free(pem);
	return good ? 0 : err_set(err, ERR_PROTO, "mysql-key-invalid", "the service's public key is not usable");
}
