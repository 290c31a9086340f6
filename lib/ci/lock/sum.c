#include "ci/lock/sum.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void ci_lock_sum_add(struct ci_lock_sum *s, struct ci_lock_entry *e)
{
	if (!s->hash)
		s->hash = sha256_new();
	sha256_update(s->hash, e->line, strlen(e->line));
	sha256_update(s->hash, "\n", 1);
	s->marks = mem_grow(s->marks, s->count, &s->cap, sizeof(*s->marks));
	s->marks[s->count++] = e->mark;
	s->bytes += e->bytes;
}

void ci_lock_sum_end(struct ci_lock_sum *s)
{
	uint8_t d[SHA256_SIZE];
	if (!s->hash)
		s->hash = sha256_new();
	sha256_final(s->hash, d);
	sha256_hex(d, s->digest);
}

void ci_lock_sum_write(const struct ci_lock_sum *s, struct buf *out)
{
	buf_printf(out, "%" PRIu64 " %" PRIu64 " %s ", s->count, s->bytes, s->digest);
	for (size_t i = 0; i < s->count; i++)
		buf_str(out, s->marks[i]);
}

void ci_lock_sum_done(struct ci_lock_sum *s)
{
	sha256_free(s->hash);
	free(s->marks);
	*s = (struct ci_lock_sum){0};
}
