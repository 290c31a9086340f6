/* base/idmap.h - a map from integers to an integer. A key is one or two words: an inode number, a device and an inode
 * number, a thread id. A value is a small number, or a pointer as uintptr_t.
 * All zero is an empty map. items[0..count) are its entries, in the order of arrival as long as nothing is removed.
 * Not thread-safe. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct idmap {
	struct idmap_item {
		uint64_t key[2], value;
	} * items;
	size_t count, cap;
	uint32_t *slots; /* open addressing: index in items + 1, 0 = free */
	size_t n_slots;
};

/* The value of a key; a key that is absent is added with the value 0. *added (may be NULL): whether it was. The pointer
 * ends with the next call that adds or removes. */
uint64_t *idmap_at(struct idmap *m, uint64_t high, uint64_t low, bool *added);
uint64_t *idmap_find(const struct idmap *m, uint64_t high, uint64_t low); /* NULL if absent */
/* Nothing if absent. The last item takes the place of the removed one. */
void idmap_remove(struct idmap *m, uint64_t high, uint64_t low);

/* The map as a set: adds a key and returns whether it is new. */
static inline bool idmap_add(struct idmap *m, uint64_t high, uint64_t low)
{
	bool added;
	(void)idmap_at(m, high, low, &added);
	return added;
}

void idmap_done(struct idmap *m);
#define CLEANUP_IDMAP CLEANUP(idmap_done)
