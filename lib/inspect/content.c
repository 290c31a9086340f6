#include "inspect/content.h"

#include <stdbool.h>
#include <string.h>

static void begin(struct inspect_content *c)
{
	if (!c->hash)
		c->hash = sha256_new();
}

static bool is_zero(const unsigned char *block)
{
	return !block[0] && memcmp(block, block + 1, INSPECT_CONTENT_BLOCK - 1) == 0;
}

/* Hashes the block and empties it. */
static void flush(struct inspect_content *c)
{
	if (!c->used)
		return;
	if (!is_zero(c->block)) {
		unsigned char at[8];
		for (int i = 0; i < 8; i++)
			at[i] = (unsigned char)(c->at >> 8 * i);
		sha256_update(c->hash, at, sizeof(at));
		sha256_update(c->hash, c->block, INSPECT_CONTENT_BLOCK);
		memset(c->block, 0, c->used);
	}
	c->used = 0;
}

void inspect_content_add(struct inspect_content *c, uint64_t offset, const void *data, size_t n)
{
	const unsigned char *from = data;
	begin(c);
	while (n) {
		const uint64_t at = offset - offset % INSPECT_CONTENT_BLOCK;
		const size_t in = (size_t)(offset - at), room = INSPECT_CONTENT_BLOCK - in, part = n < room ? n : room;
		if (at != c->at)
			flush(c);
		c->at = at;
		memcpy(c->block + in, from, part);
		c->used = in + part;
		offset += part;
		from += part;
		n -= part;
	}
}

void inspect_content_end(struct inspect_content *c, uint8_t out[SHA256_SIZE])
{
	begin(c);
	flush(c);
	sha256_final(c->hash, out);
	sha256_free(c->hash);
	c->hash = NULL;
	c->at = 0;
}

void inspect_content_done(struct inspect_content *c)
{
	sha256_free(c->hash);
	c->hash = NULL;
}
