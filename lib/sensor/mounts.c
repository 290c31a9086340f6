#include "sensor/mounts.h"

#include <string.h>

#include "base/mem.h"
#include "text/path.h"

static struct sensor_mounts_table *find_table(const struct sensor_mounts *m, uint32_t ns)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->tables[i].ns == ns)
			return &m->tables[i];
	return NULL;
}

static void clear(struct sensor_mounts_table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->entries[i].root);
		free(t->entries[i].point);
	}
	t->count = 0;
}

void sensor_mounts_begin(struct sensor_mounts *m, uint32_t ns)
{
	struct sensor_mounts_table *t = find_table(m, ns);
	if (t) {
		clear(t);
		return;
	}
	m->tables = mem_grow(m->tables, m->count, &m->cap, sizeof(*m->tables));
	m->tables[m->count++] = (struct sensor_mounts_table){.ns = ns};
}

static void add(struct sensor_mounts_table *t, const struct sensor_mounts_entry *e)
{
	t->entries = mem_grow(t->entries, t->count, &t->cap, sizeof(*t->entries));
	t->entries[t->count] = *e;
	t->entries[t->count].root = mem_strdup(e->root);
	t->entries[t->count++].point = mem_strdup(e->point);
}

static const struct sensor_mounts_entry *by_id(const struct sensor_mounts_table *t, uint64_t id)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->entries[i].id == id)
			return &t->entries[i];
	return NULL;
}

void sensor_mounts_add(struct sensor_mounts *m, uint32_t ns, const struct sensor_mounts_entry *e)
{
	struct sensor_mounts_table *t = find_table(m, ns);
	if (t)
		add(t, e);
	if (!by_id(&m->ever, e->id))
		add(&m->ever, e);
}

/* The child of a mount that the path crosses first, at the length of the point or below it. */
static const struct sensor_mounts_entry *
first_child(const struct sensor_mounts_table *t, const struct sensor_mounts_entry *of, bool at_point, const char *path)
{
	const struct sensor_mounts_entry *first = NULL;
	size_t start = strlen(of->point);
	for (size_t i = 0; i < t->count; i++) {
		const struct sensor_mounts_entry *e = &t->entries[i];
		size_t len = strlen(e->point);
		if (e->parent == of->id && e != of && path_is_below(path, e->point) && (at_point || len > start) &&
		    (!first || len < strlen(first->point)))
			first = e;
	}
	return first;
}

bool sensor_mounts_find(const struct sensor_mounts *m, uint32_t ns, uint64_t from, uint32_t device, const char *path,
			struct buf *out)
{
	const struct sensor_mounts_table *t = find_table(m, ns);
	const struct sensor_mounts_entry *at = t ? by_id(t, from) : NULL, *child;
	for (size_t i = 0; t && !at && i < t->count; i++)
		if (t->entries[i].id == t->entries[i].parent)
			at = &t->entries[i];
	if (!at || !path_is_below(path, at->point))
		return false;
	for (bool at_point = false; (child = first_child(t, at, at_point, path)); at_point = true)
		at = child;
	if (at->device != device)
		return false;
	size_t len = strlen(at->point);
	path_join(out, at->root, len > 1 ? path + len + (path[len] == '/') : path + 1);
	return true;
}

const char *sensor_mounts_root(const struct sensor_mounts *m, uint64_t id, uint32_t device, const char **point)
{
	const struct sensor_mounts_entry *e = by_id(&m->ever, id);
	if (!e || e->device != device)
		return NULL;
	*point = e->point;
	return e->root;
}

void sensor_mounts_done(struct sensor_mounts *m)
{
	for (size_t i = 0; i < m->count; i++) {
		clear(&m->tables[i]);
		free(m->tables[i].entries);
	}
	free(m->tables);
	clear(&m->ever);
	free(m->ever.entries);
	*m = (struct sensor_mounts){0};
}
