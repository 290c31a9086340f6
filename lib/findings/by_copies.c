#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "findings/matchers.h"

#define SAME_LEAST 16384 /* bytes of a file */
#define FAMILY 3         /* letters that tell one runtime from another */

struct copy {
	uint64_t key, crc; /* equal for copies; key comes first */
	uint64_t bytes;
	size_t path;
};

struct copies {
	struct copy *items;
	size_t count, cap;
};

static void add(struct copies *c, uint64_t key, uint64_t crc, uint64_t bytes, size_t path)
{
	c->items = mem_grow(c->items, c->count, &c->cap, sizeof(*c->items));
	c->items[c->count++] = (struct copy){key, crc, bytes, path};
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* The largest of the copies first. */
static int by_key(const void *a, const void *b)
{
	const struct copy *x = a, *y = b;
	int c = compare(x->key, y->key);
	if (!c)
		c = compare(x->crc, y->crc);
	if (!c)
		c = compare(y->bytes, x->bytes);
	return c ? c : compare(x->path, y->path);
}

/* Claims all copies but the first. */
static void claim_copies(struct findings_work *w, const struct findings_rule *rule, struct copies *c)
{
	if (c->count)
		qsort(c->items, c->count, sizeof(*c->items), by_key);
	for (size_t i = 1; i < c->count; i++)
		if (c->items[i].key == c->items[i - 1].key && c->items[i].crc == c->items[i - 1].crc)
			findings_claim_file(w, rule, c->items[i].path, c->items[i].bytes);
	free(c->items);
}

static void same_files(struct findings_work *w, const struct findings_rule *rule)
{
	struct copies c = {0};
	for (size_t i = 0; i < w->in->history->n_paths; i++) {
		const struct inspect_version *v = findings_file(w, i);
		if (v && v->entry->bytes >= SAME_LEAST && !w->claimed[i])
			add(&c, v->entry->bytes, v->entry->crc, v->entry->bytes, i);
	}
	claim_copies(w, rule, &c);
}

static uint64_t family_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	uint64_t key = 0;
	for (size_t i = 0; i < FAMILY && name[i]; i++)
		key = key << 8 | (unsigned char)name[i];
	return key;
}

static void runtimes(struct findings_work *w, const struct findings_rule *rule)
{
	struct copies c = {0};
	for (uint32_t layer = 0; layer < w->in->lists->count; layer++) {
		const struct findings_watch_layer *l = &w->in->seen->layers[w->in->lists->items[layer].place];
		for (size_t i = 0; i < l->n_programs; i++) {
			if (!findings_have_path(rule->paths, l->programs[i].path))
				continue;
			const size_t path = inspect_history_find(w->in->history, l->programs[i].path);
			const struct inspect_version *v = path == SIZE_MAX ? NULL : findings_file(w, path);
			if (v && v->layer == layer)
				add(&c, family_of(l->programs[i].path), 0, v->entry->bytes, path);
		}
	}
	claim_copies(w, rule, &c);
}

void findings_by_copies(struct findings_work *w, const struct findings_rule *rule)
{
	if (rule->what == FINDINGS_SAME_FILES)
		same_files(w, rule);
	else
		runtimes(w, rule);
}
