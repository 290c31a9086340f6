#include <string.h>

#include "base/mem.h"
#include "compose/read/interpolate.h"
#include "compose/read/reading.h"

#define RESET "!reset"
#define OVERRIDE "!override"

int compose_source_open(struct compose_reading *r, const char *path, const struct compose_source **out, struct err *err)
{
	static const char *const tags[] = {RESET, OVERRIDE, NULL};
	const struct yaml_options options = {.tags = tags, .zeros = true};
	CLEANUP_BUF struct buf text = {0};
	for (size_t i = 0; i < r->sources.count; i++)
		if (strcmp(r->sources.items[i]->path, path) == 0) {
			*out = r->sources.items[i];
			return 0;
		}
	int e = compose_read(r, path, &text, err);
	if (e < 0)
		return e;
	struct compose_sources *all = &r->sources;
	struct compose_source *s = mem_alloc(sizeof(*s));
	s->path = mem_strdup(path);
	all->items = mem_grow(all->items, all->count, &all->cap, sizeof(struct compose_source *));
	all->items[all->count++] = s;
	e = yaml_parse_with(&options, text.data ? text.data : "", text.len, path, &s->lines, &s->raw, err);
	if (e == 0 && !json_is_object(s->raw))
		e = err_set(err, ERR_INVAL, "compose-invalid", "%.400s is not a mapping of keys (services: ...)", path);
	*out = s;
	return e;
}

/* The path as an array of keys. */
static json_t *path_of(const struct compose_at *at)
{
	json_t *path = at->up ? path_of(at->up) : json_array();
	json_array_append_new(path, json_string(at->key ? at->key : ""));
	return path;
}

static int copy(struct compose_scope *s, const struct compose_at *at, json_t *in, json_t **out, struct err *err);

static int copy_text(struct compose_scope *s, const struct compose_at *at, json_t *in, json_t **out, struct err *err)
{
	const char *text = json_string_value(in);
	struct compose_reading *r = s->reading;
	CLEANUP_BUF struct buf b = {0};
	if (!strchr(text, '$')) {
		*out = json_incref(in);
		return compose_spend(r, 1, strlen(text), err);
	}
	const size_t known = r->unset.count;
	buf_str(&b, "");
	int e = compose_interpolate(s->env, text, LIMIT_COMPOSE_TEXT, &r->unset, &b, err);
	if (e < 0)
		return compose_place_wrap(&r->sources, s->file, at, err);
	for (size_t i = known; i < r->unset.count && i < LIMIT_COMPOSE_UNSET; i++)
		notes_add(r->notes, "compose-variable-unset",
			  "%.300s: the variable %.100s is not set; it stands for nothing", s->file->path,
			  strset_get(&r->unset, i));
	if ((e = compose_spend(r, 1, b.len, err)) < 0)
		return e;
	*out = json_stringn(b.data, b.len);
	return *out ? 0 : compose_fail(s, at, err, "compose-invalid", "the value of a variable is not UTF-8");
}

/* True, and the value behind the tag, or NULL of !reset, if v has a tag of ours. */
static bool take_tag(json_t *v, json_t **inside)
{
	json_t *reset = json_object_get(v, RESET), *override = json_object_get(v, OVERRIDE);
	if (json_object_size(v) != 1 || (!reset && !override))
		return false;
	*inside = override;
	return true;
}

static int copy_object(struct compose_scope *s, const struct compose_at *at, json_t *in, json_t *out, struct err *err)
{
	const char *key;
	json_t *v, *new;
	json_object_foreach (in, key, v) {
		if (!at && strncmp(key, "x-", 2) == 0)
			continue;
		const struct compose_at here = {.up = at, .key = key};
		if (take_tag(v, &v)) {
			json_array_append_new(s->drops, path_of(&here));
			if (!v)
				continue;
		}
		int e = copy(s, &here, v, &new, err);
		if (e < 0)
			return e;
		json_object_set_new(out, key, new);
	}
	return 0;
}

static int copy_array(struct compose_scope *s, const struct compose_at *at, json_t *in, json_t *out, struct err *err)
{
	size_t i;
	json_t *v, *new;
	json_array_foreach (in, i, v) {
		int e = copy(s, COMPOSE_ITEM(at, i), v, &new, err);
		if (e < 0)
			return e;
		json_array_append_new(out, new);
	}
	return 0;
}

static int copy(struct compose_scope *s, const struct compose_at *at, json_t *in, json_t **out, struct err *err)
{
	if (json_is_string(in))
		return copy_text(s, at, in, out, err);
	int e = compose_spend(s->reading, 1, 0, err);
	if (e < 0)
		return e;
	if (!json_is_object(in) && !json_is_array(in)) {
		*out = json_incref(in);
		return 0;
	}
	json_t *new = json_is_object(in) ? json_object() : json_array();
	e = json_is_object(in) ? copy_object(s, at, in, new, err) : copy_array(s, at, in, new, err);
	if (e < 0)
		json_decref(new);
	else
		*out = new;
	return e;
}

int compose_source_values(struct compose_scope *s, json_t **out, struct err *err)
{
	s->drops = json_array();
	return copy(s, NULL, s->file->raw, out, err);
}
