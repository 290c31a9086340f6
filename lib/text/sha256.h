/* text/sha256.h - SHA-256 while bytes stream by (FIPS 180-4; libcrypto, so the CPU's extensions). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define SHA256_SIZE 32
#define SHA256_HEX_SIZE 65 /* with the NUL */

struct sha256;
struct sha256 *sha256_new(void);
void sha256_update(struct sha256 *h, const void *data, size_t n);
void sha256_final(struct sha256 *h, uint8_t out[SHA256_SIZE]); /* then only _free is allowed */
void sha256_free(struct sha256 *h);
static inline void sha256_freep(struct sha256 **h)
{
	sha256_free(*h);
}
#define CLEANUP_SHA256 CLEANUP(sha256_freep)

void sha256_hex(const uint8_t in[SHA256_SIZE], char out[SHA256_HEX_SIZE]);
