#include "report/needs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "image/file.h"

#define UNKNOWN UINT16_MAX

/* True if the reason of a node is another node: then it has the step of that node. */
static bool follows(const struct keep_reason *r)
{
	return r->kind != KEEP_NONE && r->kind != KEEP_TRACE && r->by != IMAGE_NONE;
}

/* The node whose reason stands for itself, or whose step is known. Reasons form no
 * circle, as each came after its own. */
static uint32_t origin_of(const struct keep_set *k, const uint16_t *steps, uint32_t node)
{
	for (uint32_t n = image_index_count(k->index); n && steps[node] == UNKNOWN && follows(&k->reasons[node]); n--)
		node = k->reasons[node].by;
	return node;
}

uint16_t *report_needs_steps(const struct keep_set *k, const struct trace *t)
{
	uint32_t n = image_index_count(k->index);
	uint16_t *steps = mem_calloc(n, sizeof(*steps));
	memset(steps, 0xff, n * sizeof(*steps));
	for (uint32_t id = 0; id < n; id++) {
		uint32_t origin = origin_of(k, steps, id);
		const struct keep_reason *r = &k->reasons[origin];
		uint16_t step = steps[origin];
		if (step == UNKNOWN)
			step = r->kind == KEEP_TRACE ? t->entries[r->by].step : 0;
		for (uint32_t at = id; steps[at] == UNKNOWN; at = k->reasons[at].by) {
			steps[at] = step;
			if (!follows(&k->reasons[at]))
				break;
		}
	}
	return steps;
}

/* Bytes of one package that one step was the first to need. */
struct share {
	uint32_t package;
	uint16_t step;
	uint64_t bytes;
};

static int by_share(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	return x->step != y->step ? (x->step > y->step) - (x->step < y->step)
				  : (x->package > y->package) - (x->package < y->package);
}

/* shares: one for each file, sorted by step and package. */
static void add_packages(const struct packages *p, const struct share *shares, size_t n, struct report_needs *out)
{
	for (size_t i = 0, end; i < n; i = end) {
		uint64_t bytes = 0;
		for (end = i; end < n && by_share(&shares[end], &shares[i]) == 0; end++)
			bytes += shares[end].bytes;
		struct report_need *need = &out->items[shares[i].step - 1];
		if (bytes <= need->package_bytes)
			continue;
		free(need->package);
		need->package = mem_strdup(p->items[shares[i].package].name);
		need->package_bytes = bytes;
	}
}

void report_needs_fill(const struct keep_set *k, const struct packages *p, const uint16_t *steps,
		       const struct run_results *runs, struct report_needs *out)
{
	CLEANUP_IMAGE_FILES struct image_files files = {0};
	CLEANUP_FREE struct share *shares = NULL;
	size_t n = 0, cap = 0;
	for (size_t i = 0; i < runs->count; i++)
		out->count += runs->items[i].steps.count;
	out->items = mem_calloc(out->count, sizeof(*out->items));
	for (uint32_t id = 0; id < image_index_count(k->index); id++) {
		const struct image_node *node = image_index_node(k->index, id);
		uint16_t step = steps[id];
		if (!step || step > out->count || !keep_has(k, id) || !S_ISREG(node->mode) ||
		    image_files_first(&files, k->index, id) != id)
			continue;
		out->items[step - 1].files++;
		out->items[step - 1].bytes += node->size;
		if (!p->count || p->owner[id] == PACKAGES_NONE)
			continue;
		shares = mem_grow(shares, n, &cap, sizeof(*shares));
		shares[n++] = (struct share){p->owner[id], step, node->size};
	}
	if (n)
		qsort(shares, n, sizeof(*shares), by_share);
	add_packages(p, shares, n, out);
}
