#include "report/diff/sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void report_diff_sum_add(struct report_diff_sum *s, const struct report_diff_item *item)
{
	const uint8_t change = item->path->change;
	s->files[change] += item->is_file;
	s->bytes[change] += item->counted[change != REPORT_DIFF_GONE];
	s->growth += (int64_t)item->counted[1] - (int64_t)item->counted[0];
}

void report_diff_group_add(struct report_diff_group *g, const char *key, size_t n, const char *name, size_t name_n,
			   const struct report_diff_item *item)
{
	bool added;
	const size_t id = strset_add_len(&g->keys, key, n, &added);
	if (added) {
		g->sums->items = mem_grow(g->sums->items, id, &g->cap, sizeof(*g->sums->items));
		g->sums->items[id] = (struct report_diff_sum){
		    .name = mem_strndup(name, name_n), .image = item->path->image, .layer = item->path->layer};
		g->sums->count = id + 1;
	}
	report_diff_sum_add(&g->sums->items[id], item);
}

static int by_layer(const struct report_diff_sum *x, const struct report_diff_sum *y)
{
	if (x->image != y->image)
		return x->image < y->image ? -1 : 1;
	return (x->layer > y->layer) - (x->layer < y->layer);
}

static int by_bytes(const void *a, const void *b)
{
	const struct report_diff_sum *x = a, *y = b;
	uint64_t all[2] = {0};
	for (int i = 0; i < REPORT_DIFF_CHANGES; i++) {
		all[0] += x->bytes[i];
		all[1] += y->bytes[i];
	}
	if (all[0] != all[1])
		return all[0] < all[1] ? 1 : -1;
	const int c = strcmp(x->name, y->name);
	return c ? c : by_layer(x, y);
}

static int by_layer_and_bytes(const void *a, const void *b)
{
	const int c = by_layer(a, b);
	return c ? c : by_bytes(a, b);
}

void report_diff_sums_sort(struct report_diff_sums *s)
{
	if (s->count)
		qsort(s->items, s->count, sizeof(*s->items), by_bytes);
}

void report_diff_sums_sort_by_layer(struct report_diff_sums *s)
{
	if (s->count)
		qsort(s->items, s->count, sizeof(*s->items), by_layer_and_bytes);
}

const struct report_diff_sum *report_diff_sums_of_layer(const struct report_diff_sums *s,
							const struct report_diff_sum *layer, size_t *n)
{
	size_t from = 0, to = s->count;
	while (from < to) {
		const size_t mid = from + (to - from) / 2;
		if (by_layer(&s->items[mid], layer) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	while (to < s->count && by_layer(&s->items[to], layer) == 0)
		to++;
	*n = to - from;
	return *n ? &s->items[from] : NULL;
}
