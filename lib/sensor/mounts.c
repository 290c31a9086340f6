#include "sensor/mounts.h"

#include <string.h>

#include "base/mem.h"
#include "base/path.h"

static struct mounts_table *find_table(const struct mounts *m, uint32_t ns)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->tables[i].ns == ns)
			return &m->tables[i];
	return NULL;
}

static void clear(struct mounts_table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->entries[i].root);
		free(t->entries[i].point);
	}
	t->count = 0;
}

void mounts_begin(struct mounts *m, uint32_t ns)
{
	struct mounts_table *t = find_table(m, ns);
	if (t) {
		clear(t);
		return;
	}
	m->tables = mem_grow(m->tables, m->count, &m->cap, sizeof(*m->tables));
	m->tables[m->count++] = (struct mounts_table){.ns = ns};
}

void mounts_add(struct mounts *m, uint32_t ns, uint32_t device, uint64_t id, const char *root, const char *point)
{
	struct mounts_table *t = find_table(m, ns);
	if (!t)
		return;
	t->entries = mem_grow(t->entries, t->count, &t->cap, sizeof(*t->entries));
	t->entries[t->count++] = (struct mounts_entry){device, id, mem_strdup(root), mem_strdup(point)};
}

bool mounts_find(const struct mounts *m, uint32_t ns, uint32_t device, const char *path, struct buf *out)
{
	const struct mounts_table *t = find_table(m, ns);
	const struct mounts_entry *best = NULL;
	size_t best_len = 0;
	for (size_t i = 0; t && i < t->count; i++) {
		const struct mounts_entry *e = &t->entries[i];
		size_t len = strlen(e->point);
		if (path_is_below(path, e->point) &&
		    (!best || len > best_len || (len == best_len && e->id > best->id))) {
			best = e;
			best_len = len;
		}
	}
	if (!best || best->device != device)
		return false;
	path_join(out, best->root, best_len > 1 ? path + best_len + (path[best_len] == '/') : path + 1);
	return true;
}

void mounts_done(struct mounts *m)
{
	for (size_t i = 0; i < m->count; i++) {
		clear(&m->tables[i]);
		free(m->tables[i].entries);
	}
	free(m->tables);
	*m = (struct mounts){0};
}
