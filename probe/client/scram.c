#include "probe/client/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/base64.h"
#include "text/sha256.h"

#define ROUNDS_MAX 1000000 /* PostgreSQL's default is 4096 */
#define MESSAGE_MAX 4096
#define BARE "n=,r=" /* PostgreSQL takes the name from its startup message */

static int malformed(struct err *err)
{
	return err_set(err, ERR_PROTO, "scram-malformed", "the server's part of SCRAM is malformed");
}

static void hmac(const void *key, size_t n_key, const void *data, size_t n, unsigned char out[SHA256_SIZE])
{
	unsigned size = SHA256_SIZE;
	if (!HMAC(EVP_sha256(), key, (int)n_key, data, n, out, &size))
		abort(); /* without memory, or SHA-256 */
}

int probe_scram_first(struct probe_scram *s, struct buf *out, struct err *err)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char bytes[sizeof(s->nonce) - 1];
	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return err_set(err, ERR_SYS, "scram-no-random", "libcrypto has no random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		s->nonce[i] = letters[bytes[i] % 64];
	s->nonce[sizeof(bytes)] = '\0';
	buf_printf(out, "n,," BARE "%s", s->nonce);
	return 0;
}

/* The value of an attribute that begins at *at, "r=" for one; moves *at behind its comma. NULL: it is another. */
static char *attribute(const char **at, char name)
{
	const char *s = *at;
	if (s[0] != name || s[1] != '=')
		return NULL;
	const size_t n = strcspn(s + 2, ",");
	*at = s + 2 + n + (s[2 + n] == ',');
	return mem_strndup(s + 2, n);
}

int probe_scram_final(struct probe_scram *s, const char *password, const char *message, size_t n, struct buf *out,
		      struct err *err)
{
	CLEANUP_FREE char *first = mem_strndup(message, n < MESSAGE_MAX ? n : MESSAGE_MAX);
	const char *at = first;
	CLEANUP_FREE char *nonce = attribute(&at, 'r'), *salt = attribute(&at, 's'), *rounds = attribute(&at, 'i');
	CLEANUP_BUF struct buf raw = {0}, proof = {0};
	unsigned char key[SHA256_SIZE], stored[SHA256_SIZE], signature[SHA256_SIZE];
	if (n > MESSAGE_MAX || !*s->nonce || !nonce || !salt || !rounds ||
	    strncmp(nonce, s->nonce, strlen(s->nonce)) != 0 || base64_decode(salt, strlen(salt), &raw) < 0 || !raw.len)
		return malformed(err);
	const long count = strspn(rounds, "0123456789") == strlen(rounds) ? strtol(rounds, NULL, 10) : 0;
	if (count < 1)
		return malformed(err);
	if (count > ROUNDS_MAX)
		return err_set(err, ERR_LIMIT, "scram-too-many-rounds", "the server asks for %ld rounds of SCRAM",
			       count);
	if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), (unsigned char *)raw.data, (int)raw.len, (int)count,
			      EVP_sha256(), SHA256_SIZE, s->salted) != 1)
		return malformed(err);
	s->auth.len = 0;
	buf_printf(&s->auth, BARE "%s,%s,c=biws,r=%s", s->nonce, first, nonce);
	hmac(s->salted, SHA256_SIZE, "Client Key", 10, key);
	CLEANUP_SHA256 struct sha256 *hash = sha256_new();
	sha256_update(hash, key, sizeof(key));
	sha256_final(hash, stored);
	hmac(stored, sizeof(stored), s->auth.data, s->auth.len, signature);
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] ^= signature[i];
	base64_encode(key, sizeof(key), &proof);
	buf_printf(out, "c=biws,r=%s,p=%s", nonce, proof.data);
	return 0;
}

int probe_scram_check(const struct probe_scram *s, const char *message, size_t n, struct err *err)
{
	unsigned char key[SHA256_SIZE], signature[SHA256_SIZE];
	CLEANUP_BUF struct buf want = {0};
	hmac(s->salted, SHA256_SIZE, "Server Key", 10, key);
	hmac(key, sizeof(key), s->auth.data, s->auth.len, signature);
	buf_str(&want, "v=");
	base64_encode(signature, sizeof(signature), &want);
	if (!s->auth.len || n != want.len || CRYPTO_memcmp(want.data, message, n) != 0)
		return err_set(err, ERR_PROTO, "scram-server-unproven",
			       "the server does not prove that it knows the password");
	return 0;
}

void probe_scram_done(struct probe_scram *s)
{
	buf_done(&s->auth);
	*s = (struct probe_scram){0};
}
