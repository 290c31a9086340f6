#include "base/textpool.h"

#include <string.h>

#include "base/mem.h"

#define FIRST_BLOCK 64
#define LARGEST_BLOCK (64u << 10) /* malloc takes larger ones from the kernel, page by page */

const char *textpool_add(struct textpool *p, const char *s, size_t len)
{
	if (p->size - p->used < len + 1) {
		size_t size = p->size ? p->size * 2 : FIRST_BLOCK;
		if (size > LARGEST_BLOCK)
			size = LARGEST_BLOCK;
		p->size = len + 1 > size ? len + 1 : size;
		p->used = 0;
		struct textpool_block *b = mem_alloc(sizeof(*b) + p->size);
		b->next = p->blocks;
		p->blocks = b;
	}
	char *at = p->blocks->s + p->used;
	memcpy(at, s, len); /* mem_alloc wrote the NUL */
	p->used += len + 1;
	return at;
}

void textpool_done(struct textpool *p)
{
	for (struct textpool_block *b = p->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*p = (struct textpool){0};
}
