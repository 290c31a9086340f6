#include "compose/shape/shape.h"
#include "compose/shape/shaper.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

int compose_check_list(const struct compose_scope *s, const struct compose_at *at, const json_t *v, struct err *err)
{
	if (!json_is_array(v))
		return compose_fail(s, at, err, "compose-invalid", "the value is not a list");
	if (json_array_size(v) > LIMIT_COMPOSE_ITEMS)
		return compose_fail(s, at, err, "compose-too-large", "the list has more than %d items",
				    LIMIT_COMPOSE_ITEMS);
	return 0;
}

int compose_check_object(const struct compose_scope *s, const struct compose_at *at, const json_t *v, struct err *err)
{
	if (!json_is_object(v))
		return compose_fail(s, at, err, "compose-invalid", "the value is not a mapping (KEY: VALUE)");
	if (json_object_size(v) > LIMIT_COMPOSE_ITEMS)
		return compose_fail(s, at, err, "compose-too-large", "the mapping has more than %d keys",
				    LIMIT_COMPOSE_ITEMS);
	return 0;
}

static int unknown_key(const struct compose_scope *s, const struct compose_at *at, enum compose_section section,
		       const char *key, struct err *err)
{
	const char *near = compose_key_nearest(section, key);
	if (near)
		return compose_fail(s, at, err, "compose-key-unknown", "unknown key; did you mean %s?", near);
	return compose_fail(s, at, err, "compose-key-unknown",
			    "unknown key; keys of your own begin with x-, and slim-compose(5) lists all others");
}

/* Notes once for each key that slim ignores it. */
static void note_ignored(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			 const json_t *v)
{
	struct compose_reading *r = s->reading;
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_FREE char *id = mem_printf("%d %s", row->section, row->key);
	if (compose_scalar(v, &text) && compose_key_is_fine(row, text.data))
		return;
	bool added;
	strset_add_len(&r->noted, id, strlen(id), &added);
	if (!added)
		return;
	struct err place = {.code = ERR_INVAL};
	(void)compose_place_wrap(&r->sources, s->file, at, &place); /* "FILE, line 7: services.web.deploy: " */
	notes_add(r->notes, "compose-key-ignored", "%sslim ignores it: %s", place.msg, row->reason);
}

static int shape_any(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		     json_t **out, struct err *err)
{
	(void)s;
	(void)at;
	(void)row;
	(void)err;
	*out = json_incref(in);
	return 0;
}

static int shape_object(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
			json_t **out, struct err *err)
{
	return compose_shape(s, at, row->of, in, out, err);
}

/* Whether the specification allows it as the name of a service, a network, a volume, a config or a secret. */
static bool is_name(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	return *s && strspn(s, letters) == strlen(s);
}

/* An object whose members are objects of a section; of a service none may be null. */
static int shape_objects(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			 json_t *in, json_t **out, struct err *err)
{
	int e = compose_check_object(s, at, in, err);
	if (e < 0)
		return e;
	if (json_object_size(in) > LIMIT_COMPOSE_SERVICES && row->section == COMPOSE_TOP)
		return compose_fail(s, at, err, "compose-too-large", "more than %d are given", LIMIT_COMPOSE_SERVICES);
	json_auto_t *all = json_object(), *none = json_object();
	const char *key;
	json_t *v, *new;
	json_object_foreach (in, key, v) {
		const bool absent = json_is_null(v) && row->of != COMPOSE_SERVICE;
		if (row->section == COMPOSE_TOP && strncmp(key, "x-", 2) == 0)
			continue;
		if (!is_name(key))
			return compose_fail(s, COMPOSE_KEY(at, key), err, "compose-invalid",
					    "a name has letters, digits, \".\", \"_\" and \"-\"");
		if ((e = compose_shape(s, COMPOSE_KEY(at, key), row->of, absent ? none : v, &new, err)) < 0)
			return e;
		json_object_set_new(all, key, new);
	}
	*out = json_incref(all);
	return 0;
}

static int shape_names(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		       json_t **out, struct err *err)
{
	json_auto_t *all = json_object();
	CLEANUP_BUF struct buf name = {0};
	size_t i;
	json_t *v;
	if (!json_is_array(in))
		return shape_objects(s, at, row, in, out, err);
	int e = compose_check_list(s, at, in, err);
	if (e < 0)
		return e;
	json_array_foreach (in, i, v) {
		if (!compose_scalar(v, &name) || !is_name(name.data))
			return compose_fail(s, COMPOSE_ITEM(at, i), err, "compose-invalid", "the item is not a name");
		json_object_set_new(all, name.data, json_object());
	}
	*out = json_incref(all);
	return 0;
}

static compose_shaper *const shapers[COMPOSE_SHAPES] = {
    [COMPOSE_ANY] = shape_any,
    [COMPOSE_TEXT] = compose_shape_text,
    [COMPOSE_PATH] = compose_shape_path,
    [COMPOSE_BOOL] = compose_shape_bool,
    [COMPOSE_COUNT] = compose_shape_count,
    [COMPOSE_BYTES] = compose_shape_bytes,
    [COMPOSE_DURATION] = compose_shape_duration,
    [COMPOSE_MODE] = compose_shape_mode,
    [COMPOSE_WORDS] = compose_shape_words,
    [COMPOSE_TEST] = compose_shape_test,
    [COMPOSE_LIST] = compose_shape_list,
    [COMPOSE_PAIRS] = compose_shape_pairs,
    [COMPOSE_HOSTS] = compose_shape_hosts,
    [COMPOSE_OBJECT] = shape_object,
    [COMPOSE_OBJECTS] = shape_objects,
    [COMPOSE_NAMES] = shape_names,
    [COMPOSE_EXTERNAL] = compose_shape_external,
    [COMPOSE_SHAPE_BUILD] = compose_shape_build,
    [COMPOSE_SHAPE_DEVICES] = compose_shape_devices,
    [COMPOSE_SHAPE_ENV_FILES] = compose_shape_env_files,
    [COMPOSE_SHAPE_EXTENDS] = compose_shape_extends,
    [COMPOSE_SHAPE_GRANTS] = compose_shape_grants,
    [COMPOSE_SHAPE_IPAM] = compose_shape_ipam,
    [COMPOSE_SHAPE_MOUNTS] = compose_shape_mounts,
    [COMPOSE_SHAPE_OPTIONS] = compose_shape_options,
    [COMPOSE_SHAPE_PORTS] = compose_shape_ports,
    [COMPOSE_SHAPE_ULIMITS] = compose_shape_ulimits,
};

int compose_shape(struct compose_scope *s, const struct compose_at *at, enum compose_section section, json_t *in,
		  json_t **out, struct err *err)
{
	json_auto_t *all = json_object();
	const char *key;
	json_t *v, *new;
	int e = compose_check_object(s, at, in, err);
	if (e < 0)
		return e;
	json_object_foreach (in, key, v) {
		const struct compose_at here = {.up = at, .key = key};
		const struct compose_key *row = compose_key_find(section, key);
		if (strncmp(key, "x-", 2) == 0)
			continue;
		if (!row)
			return unknown_key(s, &here, section, key, err);
		if (json_is_null(v))
			continue;
		if (row->verdict == COMPOSE_IGNORED) {
			note_ignored(s, &here, row, v);
			/* slim does not pass it on to a builder, and says so there */
			if (section == COMPOSE_BUILD)
				json_object_set(all, key, v);
			continue;
		}
		if ((e = shapers[row->shape](s, &here, row, v, &new, err)) < 0)
			return e;
		json_object_set_new(all, key, new);
	}
	*out = json_incref(all);
	return 0;
}
