#include "base/strset.h"

#include <string.h>

#include "base/mem.h"

#define HASH_BEGIN UINT64_C(0xcbf29ce484222325) /* FNV-1a, finished so that low bits are good */

static uint64_t hash_byte(uint64_t h, char c)
{
	return (h ^ (unsigned char)c) * UINT64_C(0x100000001b3);
}

static uint32_t hash_end(uint64_t h)
{
	h ^= h >> 32;
	return (uint32_t)(h * UINT64_C(0x9e3779b97f4a7c15));
}

static uint32_t hash_bytes(const char *s, size_t len)
{
	uint64_t h = HASH_BEGIN;
	for (size_t i = 0; i < len; i++)
		h = hash_byte(h, s[i]);
	return hash_end(h);
}

static size_t probe(const struct strset *set, const char *s, size_t len, uint32_t hash)
{
	size_t i = hash & (set->n_slots - 1);
	for (;; i = (i + 1) & (set->n_slots - 1)) {
		if (!set->slots[i])
			return i;
		const struct strset_item *it = &set->items[set->slots[i] - 1];
		if (it->hash == hash && it->len == len && memcmp(it->s, s, len) == 0)
			return i;
	}
}

static void rehash(struct strset *set)
{
	set->n_slots = set->n_slots ? set->n_slots * 2 : 64;
	free(set->slots);
	set->slots = mem_calloc(set->n_slots, sizeof(*set->slots));
	for (size_t id = 0; id < set->count; id++) {
		const struct strset_item *it = &set->items[id];
		set->slots[probe(set, it->s, it->len, it->hash)] = (uint32_t)id + 1;
	}
}

size_t strset_add_len(struct strset *set, const char *s, size_t len, bool *added)
{
	if (set->count * 2 >= set->n_slots)
		rehash(set);
	uint32_t hash = hash_bytes(s, len);
	size_t i = probe(set, s, len, hash);
	if (added)
		*added = !set->slots[i];
	if (set->slots[i])
		return set->slots[i] - 1;
	set->items = mem_grow(set->items, set->count, &set->cap, sizeof(*set->items));
	set->items[set->count] = (struct strset_item){textpool_add(&set->texts, s, len), (uint32_t)len, hash};
	set->slots[i] = (uint32_t)++set->count;
	return set->count - 1;
}

size_t strset_add(struct strset *set, const char *s)
{
	return strset_add_len(set, s, strlen(s), NULL);
}

size_t strset_find_len(const struct strset *set, const char *s, size_t len)
{
	if (!set->n_slots)
		return STRSET_NONE;
	size_t i = probe(set, s, len, hash_bytes(s, len));
	return set->slots[i] ? set->slots[i] - 1 : STRSET_NONE;
}

size_t strset_find(const struct strset *set, const char *s)
{
	return strset_find_len(set, s, strlen(s));
}

bool strset_has_at_or_above(const struct strset *set, const char *path, size_t len)
{
	uint64_t h = HASH_BEGIN;
	for (size_t n = 1; set->n_slots && n <= len; n++) {
		h = hash_byte(h, path[n - 1]);
		if ((n == len || path[n] == '/') && set->slots[probe(set, path, n, hash_end(h))])
			return true;
	}
	return false;
}

static int by_bytes(const void *a, const void *b, void *ctx)
{
	const struct strset *set = ctx;
	const struct strset_item *x = &set->items[*(const size_t *)a], *y = &set->items[*(const size_t *)b];
	int c = memcmp(x->s, y->s, x->len < y->len ? x->len : y->len);
	return c ? c : (x->len > y->len) - (x->len < y->len);
}

size_t *strset_sorted(const struct strset *set)
{
	size_t *ids = mem_calloc(set->count, sizeof(*ids));
	for (size_t i = 0; i < set->count; i++)
		ids[i] = i;
	qsort_r(ids, set->count, sizeof(*ids), by_bytes, (void *)set);
	return ids;
}

void strset_done(struct strset *set)
{
	textpool_done(&set->texts);
	free(set->items);
	free(set->slots);
	*set = (struct strset){0};
}
