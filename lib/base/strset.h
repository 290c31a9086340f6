/* base/strset.h - interned byte strings with dense ids 0..count-1 in the order of arrival.
 * A map is a strset and an array beside it, indexed by id. Strings may hold any byte but are also
 * NUL-terminated; each is shorter than 4 GiB. All zero is an empty set. Not thread-safe. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/textpool.h"

#define STRSET_NONE SIZE_MAX

struct strset {
	struct strset_item {
		const char *s;
		uint32_t len, hash;
	} * items;
	size_t count, cap;
	uint32_t *slots; /* id + 1, 0 = free */
	size_t n_slots;
	struct textpool texts;
};

size_t strset_add_len(struct strset *set, const char *s, size_t len, bool *added); /* id; added may be NULL */
size_t strset_add(struct strset *set, const char *s);
size_t strset_find_len(const struct strset *set, const char *s, size_t len); /* STRSET_NONE if absent */
size_t strset_find(const struct strset *set, const char *s);
/* Whether the set has the path, or a directory that it lies in. Reads the path once. */
bool strset_has_at_or_above(const struct strset *set, const char *path, size_t len);
static inline const char *strset_get(const struct strset *set, size_t id)
{
	return set->items[id].s;
}
/* Ids in byte order of their strings; count elements; free(). */
size_t *strset_sorted(const struct strset *set);
void strset_done(struct strset *set);
#define CLEANUP_STRSET CLEANUP(strset_done)
