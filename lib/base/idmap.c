#include "base/idmap.h"

#include <stdlib.h>

#include "base/mem.h"

/* The finisher of splitmix64: each bit of the keys changes half of the bits. */
static uint64_t mix(uint64_t h)
{
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
	h = (h ^ h >> 27) * 0x94d049bb133111ebu;
	return h ^ h >> 31;
}

static size_t home(const struct idmap *m, uint64_t high, uint64_t low)
{
	return mix(low + high * 0x9e3779b97f4a7c15u) & (m->n_slots - 1);
}

/* The slot that holds the key, or the free one where it would go. */
static size_t probe(const struct idmap *m, uint64_t high, uint64_t low)
{
	size_t i = home(m, high, low);
	for (;; i = (i + 1) & (m->n_slots - 1)) {
		if (!m->slots[i])
			return i;
		const struct idmap_item *it = &m->items[m->slots[i] - 1];
		if (it->key[1] == low && it->key[0] == high)
			return i;
	}
}

static void rehash(struct idmap *m)
{
	m->n_slots = m->n_slots ? m->n_slots * 2 : 16;
	free(m->slots);
	m->slots = mem_calloc(m->n_slots, sizeof(*m->slots));
	for (size_t id = 0; id < m->count; id++)
		m->slots[probe(m, m->items[id].key[0], m->items[id].key[1])] = (uint32_t)id + 1;
}

uint64_t *idmap_at(struct idmap *m, uint64_t high, uint64_t low, bool *added)
{
	if (m->count * 2 >= m->n_slots)
		rehash(m);
	uint32_t *slot = &m->slots[probe(m, high, low)];
	if (added)
		*added = !*slot;
	if (!*slot) {
		m->items = mem_grow(m->items, m->count, &m->cap, sizeof(*m->items));
		m->items[m->count++] = (struct idmap_item){.key = {high, low}};
		*slot = (uint32_t)m->count;
	}
	return &m->items[*slot - 1].value;
}

uint64_t *idmap_find(const struct idmap *m, uint64_t high, uint64_t low)
{
	if (!m->n_slots)
		return NULL;
	uint32_t slot = m->slots[probe(m, high, low)];
	return slot ? &m->items[slot - 1].value : NULL;
}

/* Move entries back that were stored behind the gap because their own slot was taken. */
static void close_gap(struct idmap *m, size_t gap)
{
	size_t mask = m->n_slots - 1;
	for (size_t i = (gap + 1) & mask; m->slots[i]; i = (i + 1) & mask) {
		uint32_t moved = m->slots[i];
		m->slots[i] = 0;
		m->slots[probe(m, m->items[moved - 1].key[0], m->items[moved - 1].key[1])] = moved;
	}
}

void idmap_remove(struct idmap *m, uint64_t high, uint64_t low)
{
	size_t at = m->n_slots ? probe(m, high, low) : 0;
	if (!m->n_slots || !m->slots[at])
		return;
	struct idmap_item *hole = &m->items[m->slots[at] - 1], *last = &m->items[m->count - 1];
	m->slots[probe(m, last->key[0], last->key[1])] = m->slots[at];
	m->slots[at] = 0;
	*hole = *last;
	m->count--;
	close_gap(m, at);
}

void idmap_done(struct idmap *m)
{
	free(m->items);
	free(m->slots);
	*m = (struct idmap){0};
}
