#include "formats/text_search.h"

#include <string.h>

#include "base/mem.h"

#define BLOCK 4
#define STEP (KEEP_TEXT_MIN - BLOCK + 1)
#define BITS 14

/* A block of a text: one of the first STEP, so that any place of the text meets a multiple of STEP. */
struct block {
	uint32_t text;
	uint32_t offset; /* in the text */
	uint32_t next;   /* of the same hash; 0 = none */
};

struct text_search {
	const struct strset *texts;
	struct block *blocks; /* from 1 on */
	uint32_t first[1 << BITS];
};

static uint32_t hash(const char *block)
{
	uint32_t v;
	memcpy(&v, block, sizeof(v));
	return v * 2654435761u >> (32 - BITS);
}

struct text_search *text_search_new(const struct strset *texts)
{
	struct text_search *s = mem_alloc(sizeof(*s));
	s->texts = texts;
	s->blocks = mem_calloc(texts->count * STEP + 1, sizeof(*s->blocks));
	uint32_t n = 1;
	for (size_t id = 0; id < texts->count; id++)
		for (uint32_t offset = 0; offset < STEP && offset + BLOCK <= texts->items[id].len; offset++) {
			uint32_t h = hash(texts->items[id].s + offset);
			s->blocks[n] = (struct block){(uint32_t)id, offset, s->first[h]};
			s->first[h] = n++;
		}
	return s;
}

void text_search_free(struct text_search *s)
{
	if (!s)
		return;
	free(s->blocks);
	free(s);
}

void text_search_run(const struct text_search *s, const char *data, size_t n,
		     void (*found)(void *ctx, size_t id, size_t at), void *ctx)
{
	for (size_t at = 0; at + BLOCK <= n; at += STEP)
		for (uint32_t i = s->first[hash(data + at)]; i; i = s->blocks[i].next) {
			const struct block *b = &s->blocks[i];
			const struct strset_item *text = &s->texts->items[b->text];
			if (at >= b->offset && text->len <= n - (at - b->offset) &&
			    memcmp(data + at - b->offset, text->s, text->len) == 0)
				found(ctx, b->text, at - b->offset);
		}
}
