#include "findings/finding.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SMALL 1000000u  /* bytes */
#define PLACES_MAX 1024 /* until they are cut to the largest */
#define PART 20         /* of the layers' bytes */

struct findings_item *findings_item_new(struct findings *f, const struct findings_rule *rule, uint32_t layer,
					uint32_t removed)
{
	if (f->count == FINDINGS_MAX) {
		f->left_out++;
		return NULL;
	}
	f->items = mem_grow(f->items, f->count, &f->cap, sizeof(*f->items));
	struct findings_item *i = &f->items[f->count++];
	*i = (struct findings_item){.rule = rule, .layer = layer, .removed = removed};
	return i;
}

struct findings_item *findings_item_at(struct findings *f, const struct findings_rule *rule, uint32_t layer,
				       uint32_t removed)
{
	bool added;
	uint64_t *number = idmap_at(&f->merged, (uintptr_t)rule, (uint64_t)layer << 32 | removed, &added);
	if (added)
		*number = f->count;
	else if (*number < FINDINGS_MAX)
		return &f->items[*number];
	return findings_item_new(f, rule, layer, removed);
}

/* Cuts a down to the path of the directory that holds both, or to a if it holds b. */
static void cut_to_common(char *a, const char *b)
{
	size_t n = 0, slash = 0;
	for (; a[n] && a[n] == b[n]; n++)
		if (a[n] == '/')
			slash = n;
	if (!a[n] && (!b[n] || b[n] == '/' || strcmp(a, "/") == 0))
		return;
	if (!b[n] && a[n] == '/')
		slash = n;
	a[slash ? slash : 1] = '\0';
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_bytes(const void *a, const void *b)
{
	const struct findings_place *x = a, *y = b;
	const int c = compare(y->bytes, x->bytes);
	return c ? c : strcmp(x->path, y->path);
}

static void sort_places(struct findings_item *i)
{
	if (i->n_places)
		qsort(i->places, i->n_places, sizeof(*i->places), by_bytes);
	while (i->n_places > FINDINGS_PLACES)
		free(i->places[--i->n_places].path);
}

void findings_item_part(struct findings_item *i, const char *name, uint64_t bytes, size_t files)
{
	i->bytes += bytes;
	i->count++;
	if (i->n_places == PLACES_MAX)
		sort_places(i);
	i->places = mem_grow(i->places, i->n_places, &i->places_cap, sizeof(*i->places));
	i->places[i->n_places++] = (struct findings_place){mem_strdup(name), bytes, files};
}

void findings_item_place(struct findings_item *i, const char *path, uint64_t bytes, size_t files)
{
	if (i->path)
		cut_to_common(i->path, path);
	else
		i->path = mem_strdup(path);
	findings_item_part(i, path, bytes, files);
}

static int by_weight(const void *a, const void *b)
{
	const struct findings_item *x = a, *y = b;
	int c = compare(x->rule->kind, y->rule->kind);
	if (!c && x->rule->kind == FINDINGS_DANGER)
		c = compare(y->rule->severity, x->rule->severity);
	if (!c)
		c = compare(y->bytes, x->bytes);
	if (!c)
		c = strcmp(x->rule->id, y->rule->id);
	if (!c)
		c = compare(x->layer, y->layer);
	if (!c)
		c = strcmp(x->path ? x->path : "", y->path ? y->path : "");
	return c ? c : strcmp(x->name ? x->name : "", y->name ? y->name : "");
}

static void item_done(struct findings_item *i)
{
	for (size_t k = 0; k < i->n_places; k++)
		free(i->places[k].path);
	free(i->places);
	free(i->path);
	free(i->name);
	free(i->advice);
}

static bool is_base(const struct findings_item *i)
{
	return i->rule->match == FINDINGS_BY_FACT && i->rule->what == FINDINGS_HEAVY_BASE;
}

void findings_judge(struct findings *f, uint64_t layers_bytes)
{
	size_t n = 0;
	bool heavy = false;
	f->dangers = 0;
	f->fat_bytes = 0;
	for (size_t i = 0; i < f->count; i++) {
		if (!f->items[i].count || f->items[i].bytes < f->items[i].rule->least) {
			item_done(&f->items[i]);
			continue;
		}
		f->items[n] = f->items[i];
		sort_places(&f->items[n]);
		f->dangers += f->items[n].rule->kind == FINDINGS_DANGER;
		if (is_base(&f->items[n]))
			heavy = true;
		else
			f->fat_bytes += f->items[n].bytes;
		n++;
	}
	f->count = n;
	idmap_done(&f->merged);
	if (n)
		qsort(f->items, n, sizeof(*f->items), by_weight);
	f->minimal = !heavy && (f->fat_bytes < SMALL || f->fat_bytes < layers_bytes / PART);
}

void findings_done(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		item_done(&f->items[i]);
	free(f->items);
	idmap_done(&f->merged);
	free(f->base.name);
	free(f->base.digest);
	free(f->base.system);
	notes_done(&f->notes);
	*f = (struct findings){0};
}
