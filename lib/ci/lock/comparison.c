#include "ci/lock/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ci/lock/sum.h"

const struct ci_lock_item *ci_lock_table_find(const struct ci_lock_table *t, const char *key, size_t n)
{
	const size_t id = strset_find_len(&t->keys, key, n);
	return id == STRSET_NONE ? NULL : t->items[id];
}

void ci_lock_table_add(struct ci_lock_table *t, const struct ci_lock *lock, const struct ci_lock_item *item)
{
	if (!t->items)
		t->items = mem_calloc(lock->count, sizeof(struct ci_lock_item *));
	t->items[strset_add_len(&t->keys, item->key, item->n_key, NULL)] = item;
}

void ci_lock_table_done(struct ci_lock_table *t)
{
	strset_done(&t->keys);
	free(t->items);
}

void ci_lock_members_add(struct ci_lock_members *m, struct ci_lock_entry *e)
{
	m->items = mem_grow(m->items, m->count, &m->cap, sizeof(struct ci_lock_entry *));
	m->items[m->count++] = e;
}

bool ci_lock_members_equal(const struct ci_lock_item *old, const struct ci_lock_members *now)
{
	struct ci_lock_sum sum = {0};
	for (size_t i = 0; i < now->count; i++)
		ci_lock_sum_add(&sum, now->items[i]);
	ci_lock_sum_end(&sum);
	const bool equal = old->count == sum.count && memcmp(old->digest, sum.digest, strlen(sum.digest)) == 0;
	ci_lock_sum_done(&sum);
	return equal;
}
