#include "packages/chisel.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool packages_chisel_open(const struct image_index *x, struct packages_chisel *out)
{
	CLEANUP_PACKAGES_CHISEL struct packages_chisel c = {0};
	c.node = image_index_resolve(x, PACKAGES_CHISEL_MANIFEST, true, NULL, NULL);
	if (!image_index_text(x, PACKAGES_CHISEL_MANIFEST, PACKAGES_FILE_MAX, &c.packed) || !c.packed.len ||
	    !packages_wall_open(&c.packed, &c.wall))
		return false;
	*out = c;
	c = (struct packages_chisel){0};
	return true;
}

void packages_chisel_done(struct packages_chisel *c)
{
	buf_done(&c->packed);
	packages_wall_done(&c->wall);
	strset_done(&c->known);
	strset_done(&c->listed);
	free(c->known_at);
	free(c->listed_at);
	*c = (struct packages_chisel){0};
}

/* Maps a text to a number, unless it has one already. */
static void map(struct strset *set, uint32_t **numbers, size_t *cap, const char *text, uint32_t number)
{
	bool added;
	size_t id = strset_add_len(set, text, strlen(text), &added);
	if (!added)
		return;
	*numbers = mem_grow(*numbers, id, cap, sizeof(**numbers));
	(*numbers)[id] = number;
}

static void learn_known(struct packages_chisel *c, const struct packages *p)
{
	CLEANUP_BUF struct buf key = {0};
	for (uint32_t i = 0; i < p->count; i++) {
		if (p->items[i].manager != PACKAGES_DPKG)
			continue;
		key.len = 0;
		buf_printf(&key, "%s %s", p->items[i].name, p->items[i].architecture);
		map(&c->known, &c->known_at, &c->known_cap, key.data, i);
	}
}

static struct packages_field field(const char *s)
{
	return (struct packages_field){s, strlen(s)};
}

/* dpkg's status may have the packages, too, but without their paths: these are listed here. */
static uint32_t number_of(struct packages_chisel *c, const json_t *entry, struct packages *more)
{
	const char *name = packages_wall_text(entry, "name"), *architecture = packages_wall_text(entry, "arch");
	CLEANUP_BUF struct buf key = {0};
	buf_printf(&key, "%s %s", name, architecture);
	size_t id = strset_find(&c->known, key.data);
	if (id != STRSET_NONE && more && c->known_at[id] != PACKAGES_NONE)
		more->items[c->known_at[id]].unlisted = false;
	if (id != STRSET_NONE)
		return c->known_at[id];
	if (!more)
		return PACKAGES_NONE;
	uint32_t number = packages_add(more, PACKAGES_DPKG, field(name), field(packages_wall_text(entry, "version")),
				       field(architecture));
	map(&c->known, &c->known_at, &c->known_cap, key.data, number);
	return number;
}

void packages_chisel_learn(struct packages_chisel *c, const struct packages *p, struct packages *more)
{
	struct packages_wall_cursor at = {.wall = &c->wall};
	learn_known(c, p);
	while (packages_wall_next(&at)) {
		if (strcmp(packages_wall_text(at.entry, "kind"), "package") != 0)
			continue;
		uint32_t number = number_of(c, at.entry, more);
		if (number != PACKAGES_NONE)
			map(&c->listed, &c->listed_at, &c->listed_cap, packages_wall_text(at.entry, "name"), number);
	}
}

uint32_t packages_chisel_of_slice(const struct packages_chisel *c, const char *slice)
{
	const char *end = strchr(slice, '_'); /* neither name may have one */
	size_t id = end ? strset_find_len(&c->listed, slice, (size_t)(end - slice)) : STRSET_NONE;
	return id == STRSET_NONE ? PACKAGES_NONE : c->listed_at[id];
}

static void own_path(const struct packages_chisel *c, const struct image_index *x, const json_t *entry,
		     struct packages *p)
{
	const json_t *slices = json_object_get(entry, "slices"), *slice;
	const char *path = packages_wall_text(entry, "path");
	size_t i;
	json_array_foreach (slices, i, slice) {
		const char *name = json_string_value(slice);
		uint32_t package = name ? packages_chisel_of_slice(c, name) : PACKAGES_NONE;
		if (package == PACKAGES_NONE)
			continue;
		if (*path == '/')
			packages_own(p, x, package, path);
		return;
	}
}

static int read_database(const struct image_index *x, struct packages *p, struct err *err)
{
	CLEANUP_PACKAGES_CHISEL struct packages_chisel c = {0};
	if (!packages_chisel_open(x, &c))
		return 0;
	packages_chisel_learn(&c, p, p);
	struct packages_wall_cursor at = {.wall = &c.wall};
	while (packages_wall_next(&at))
		if (strcmp(packages_wall_text(at.entry, "kind"), "path") == 0)
			own_path(&c, x, at.entry, p);
	return 0;
}

const struct packages_database packages_database_chisel = {PACKAGES_CHISEL_DIRECTORY, read_database,
							   packages_chisel_trim};
