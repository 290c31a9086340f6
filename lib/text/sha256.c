#include "text/sha256.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/mem.h"

struct sha256 {
	EVP_MD_CTX *ctx;
};

/* libcrypto's digest calls fail only without memory or without the algorithm: both end the program. */
static void must(int ok)
{
	if (ok != 1)
		abort();
}

struct sha256 *sha256_new(void)
{
	struct sha256 *h = mem_alloc(sizeof(*h));
	h->ctx = EVP_MD_CTX_new();
	must(h->ctx && EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) == 1);
	return h;
}

void sha256_update(struct sha256 *h, const void *data, size_t n)
{
	must(EVP_DigestUpdate(h->ctx, data, n));
}

void sha256_final(struct sha256 *h, uint8_t out[SHA256_SIZE])
{
	must(EVP_DigestFinal_ex(h->ctx, out, NULL));
}

void sha256_free(struct sha256 *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void sha256_hex(const uint8_t in[SHA256_SIZE], char out[SHA256_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < SHA256_SIZE; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * SHA256_SIZE] = '\0';
}
