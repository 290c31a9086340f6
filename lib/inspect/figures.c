#include "inspect/figures.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Rows before their names are made: only those that stay get one. */
struct candidate {
	uint64_t bytes;
	size_t count, id; /* of a path or package: candidates come in this order */
};

struct candidates {
	struct candidate *items;
	size_t count, cap;
};

static void add(struct candidates *c, size_t id, uint64_t bytes, size_t count)
{
	if (!bytes)
		return;
	c->items = mem_grow(c->items, c->count, &c->cap, sizeof(*c->items));
	c->items[c->count++] = (struct candidate){bytes, count, id};
}

static int by_bytes(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

/* The first max of them as rows without names. Releases c. */
static struct candidate *cut(struct candidates *c, size_t max, struct inspect_rows *out)
{
	if (c->count)
		qsort(c->items, c->count, sizeof(*c->items), by_bytes);
	out->count = c->count < max ? c->count : max;
	out->items = mem_calloc(out->count, sizeof(*out->items));
	for (size_t i = 0; i < out->count; i++)
		out->items[i] = (struct inspect_row){.bytes = c->items[i].bytes, .count = c->items[i].count};
	return c->items;
}

static void cut_paths(const struct inspect_history *h, struct candidates *c, size_t max, struct inspect_rows *out)
{
	CLEANUP_FREE struct candidate *items = cut(c, max, out);
	for (size_t i = 0; i < out->count; i++) {
		const struct inspect_version *v = inspect_history_final(h, items[i].id);
		out->items[i].name = mem_strdup(h->paths[items[i].id].path);
		out->items[i].layer = v ? v->layer : 0;
	}
}

static uint64_t final_bytes(const struct inspect_history *h, size_t path)
{
	const struct inspect_version *v = inspect_history_final(h, path);
	return v ? v->entry->bytes : 0;
}

/* Directories do not count. */
static size_t final_files(const struct inspect_history *h, size_t path)
{
	const struct inspect_version *v = inspect_history_final(h, path);
	return v && v->entry->kind != INSPECT_DIRECTORY;
}

static void largest_files(const struct inspect_history *h, size_t max, struct inspect_rows *out)
{
	struct candidates c = {0};
	for (size_t i = 0; i < h->n_paths; i++)
		add(&c, i, final_bytes(h, i), 1);
	cut_paths(h, &c, max, out);
}

static void most_wasted(const struct inspect_history *h, size_t max, struct inspect_rows *out)
{
	struct candidates c = {0};
	for (size_t i = 0; i < h->n_paths; i++) {
		const struct inspect_path *p = &h->paths[i];
		uint64_t sum = 0;
		size_t layers = 0;
		for (size_t j = 0; j < p->n; j++) {
			const struct inspect_entry *e = h->versions[p->first + j].entry;
			sum += e ? e->bytes : 0;
			layers += e != NULL;
		}
		add(&c, i, sum - final_bytes(h, i), layers);
	}
	cut_paths(h, &c, max, out);
}

/* ---- directories ---- */

struct sums {
	uint64_t *bytes;   /* by path: of all that is below it */
	uint64_t *largest; /* by path: the largest such sum of one of its directories */
	size_t *files;     /* by path */
};

/* From the last path to the first, so that each is complete when it is added to the one above it. */
static void sum_directories(const struct inspect_history *h, struct sums *s)
{
	for (size_t i = h->n_paths; i-- > 0;) {
		const bool directory = h->paths[i].end > i + 1;
		for (size_t child = i + 1; child < h->paths[i].end; child = h->paths[child].end) {
			const bool below = h->paths[child].end > child + 1;
			s->bytes[i] += below ? s->bytes[child] : final_bytes(h, child);
			s->files[i] += below ? s->files[child] : final_files(h, child);
			if (below && s->bytes[child] > s->largest[i])
				s->largest[i] = s->bytes[child];
		}
		if (!directory)
			s->bytes[i] = s->largest[i] = 0;
	}
}

static void largest_directories(const struct inspect_history *h, size_t max, struct inspect_rows *out)
{
	struct sums s = {mem_calloc(h->n_paths, sizeof(uint64_t)), mem_calloc(h->n_paths, sizeof(uint64_t)),
			 mem_calloc(h->n_paths, sizeof(size_t))};
	struct candidates c = {0};
	sum_directories(h, &s);
	for (size_t i = 0; i < h->n_paths; i++)
		if (strcmp(h->paths[i].path, "/") != 0 && s.largest[i] < s.bytes[i] / 5 * 4)
			add(&c, i, s.bytes[i], s.files[i]);
	cut_paths(h, &c, max, out);
	free(s.bytes);
	free(s.largest);
	free(s.files);
}

/* ---- copies ---- */

struct copy {
	uint64_t bytes, crc;
	size_t path;
};

static int by_content(const void *a, const void *b)
{
	const struct copy *x = a, *y = b;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	if (x->crc != y->crc)
		return x->crc < y->crc ? -1 : 1;
	return (x->path > y->path) - (x->path < y->path);
}

static void duplicates(const struct inspect_history *h, size_t max, struct inspect_rows *out)
{
	CLEANUP_FREE struct copy *copies = mem_calloc(h->n_paths, sizeof(*copies));
	struct candidates c = {0};
	size_t n = 0;
	for (size_t i = 0; i < h->n_paths; i++) {
		const struct inspect_version *v = inspect_history_final(h, i);
		if (v && v->entry->bytes)
			copies[n++] = (struct copy){v->entry->bytes, v->entry->crc, i};
	}
	if (n)
		qsort(copies, n, sizeof(*copies), by_content);
	for (size_t i = 0, k; i < n; i += k) {
		for (k = 1; i + k < n && copies[i].bytes == copies[i + k].bytes && copies[i].crc == copies[i + k].crc;)
			k++;
		add(&c, copies[i].path, copies[i].bytes * (k - 1), k);
	}
	cut_paths(h, &c, max, out);
}

/* ---- packages ---- */

static void largest_packages(const struct packages *p, const struct image_index *x, size_t max,
			     struct inspect_rows *out)
{
	CLEANUP_FREE uint64_t *bytes = mem_calloc(p->count, sizeof(*bytes));
	CLEANUP_FREE size_t *files = mem_calloc(p->count, sizeof(*files));
	struct candidates c = {0};
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		const struct image_node *n = image_index_node(x, id);
		if (!S_ISREG(n->mode) || p->owner[id] == PACKAGES_NONE)
			continue;
		bytes[p->owner[id]] += n->size;
		files[p->owner[id]]++;
	}
	for (size_t i = 0; i < p->count; i++)
		add(&c, i, bytes[i], files[i]);
	CLEANUP_FREE struct candidate *items = cut(&c, max, out);
	for (size_t i = 0; i < out->count; i++) {
		const struct package *q = &p->items[items[i].id];
		out->items[i].name = mem_printf("%s %s", q->name, q->version);
	}
}

void inspect_figures_make(const struct inspect_history *h, const struct packages *p, const struct image_index *x,
			  size_t max, struct inspect_figures *out)
{
	*out = (struct inspect_figures){0};
	largest_files(h, max, &out->files);
	largest_directories(h, max, &out->directories);
	most_wasted(h, max, &out->wasted);
	duplicates(h, max, &out->duplicates);
	largest_packages(p, x, max, &out->packages);
}

static void rows_done(struct inspect_rows *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->items[i].name);
	free(r->items);
	*r = (struct inspect_rows){0};
}

void inspect_figures_done(struct inspect_figures *f)
{
	rows_done(&f->files);
	rows_done(&f->directories);
	rows_done(&f->wasted);
	rows_done(&f->duplicates);
	rows_done(&f->packages);
}
