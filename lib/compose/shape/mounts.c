#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compose/shape/shape.h"
#include "compose/shape/shaper.h"

/* Words behind the second colon that change nothing for slim. */
static bool is_harmless(const char *word)
{
	static const char *const words[] = {"rw",        "z",          "Z",       "U",        "cached",
					    "delegated", "consistent", "private", "rprivate", "shared",
					    "rshared",   "slave",      "rslave",  "copy",     "volume-nocopy=false"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return !*word;
}

static int take_words(struct compose_scope *s, const struct compose_at *at, const char *words, json_t *mount,
		      struct err *err)
{
	while (*words) {
		const size_t n = strcspn(words, ",");
		CLEANUP_FREE char *word = mem_strndup(words, n);
		if (strcmp(word, "ro") == 0)
			json_object_set_new(mount, "read_only", json_true());
		else if (strcmp(word, "nocopy") == 0)
			json_object_set_new(mount, "volume", json_pack("{sb}", "nocopy", 1));
		else if (!is_harmless(word))
			return compose_fail(s, at, err, "compose-mount-invalid",
					    "unknown option %.100s; they are ro, rw, nocopy, z and Z", word);
		words += n + (words[n] == ',');
	}
	return 0;
}

/* "[SOURCE:]TARGET[:WORDS]" as the long form. */
static int read_short(struct compose_scope *s, const struct compose_at *at, const char *text, json_t *mount,
		      struct err *err)
{
	const char *first = strchr(text, ':'), *second = first ? strchr(first + 1, ':') : NULL;
	if (!first) {
		json_object_set_new(mount, "type", json_string("volume"));
		json_object_set_new(mount, "target", json_string(text));
		return 0;
	}
	const size_t n = second ? (size_t)(second - first - 1) : strlen(first + 1);
	CLEANUP_FREE char *source = mem_strndup(text, (size_t)(first - text));
	CLEANUP_FREE char *target = mem_strndup(first + 1, n);
	if (!*source || !*target)
		return compose_fail(s, at, err, "compose-mount-invalid", "the source or the target is empty: %.300s",
				    text);
	const bool is_bind = strchr("/.~", source[0]);
	json_object_set_new(mount, "type", json_string(is_bind ? "bind" : "volume"));
	json_object_set_new(mount, "source", json_string(source));
	json_object_set_new(mount, "target", json_string(target));
	return second ? take_words(s, at, second + 1, mount, err) : 0;
}

/* The path without "." and "..", if it is absolute. */
static int clean_target(struct compose_scope *s, const struct compose_at *at, json_t *mount, struct err *err)
{
	const char *target = json_string_value(json_object_get(mount, "target"));
	if (!target || target[0] != '/')
		return compose_fail(s, at, err, "compose-mount-invalid", "the target is not an absolute path: %.300s",
				    target ? target : "it is missing");
	CLEANUP_FREE char *path = compose_path(s, target);
	json_object_set_new(mount, "target", json_string(path));
	return 0;
}

static int finish(struct compose_scope *s, const struct compose_at *at, json_t *mount, struct err *err)
{
	static const char *const types[] = {"bind", "volume", "tmpfs", "image", "npipe", "cluster"};
	const char *type = json_string_value(json_object_get(mount, "type"));
	const char *source = json_string_value(json_object_get(mount, "source"));
	bool known = false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		known |= type && strcmp(types[i], type) == 0;
	if (!known)
		return compose_fail(s, at, err, "compose-mount-invalid",
				    "the type is missing or unknown; it is bind, volume or tmpfs");
	int e = clean_target(s, at, mount, err);
	if (e < 0 || strcmp(type, "bind") != 0)
		return e;
	if (!source || !*source)
		return compose_fail(s, at, err, "compose-mount-invalid", "a bind mount needs a source");
	CLEANUP_FREE char *path = compose_path(s, source);
	if (!path)
		return compose_fail(s, at, err, "compose-mount-invalid", "HOME is not set: %.300s", source);
	json_object_set_new(mount, "source", json_string(path));
	return 0;
}

int compose_shape_mounts(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			 json_t *in, json_t **out, struct err *err)
{
	json_auto_t *all = json_array();
	size_t i;
	json_t *v;
	(void)row;
	int e = compose_check_list(s, at, in, err);
	if (e < 0)
		return e;
	json_array_foreach (in, i, v) {
		json_t *mount = NULL;
		const struct compose_at *here = COMPOSE_ITEM(at, i);
		if (json_is_string(v)) {
			mount = json_object();
			e = read_short(s, here, json_string_value(v), mount, err);
		} else {
			e = compose_shape(s, here, COMPOSE_MOUNT, v, &mount, err);
		}
		if (e == 0)
			e = finish(s, here, mount, err);
		if (e < 0) {
			json_decref(mount);
			return e;
		}
		json_array_append_new(all, mount);
	}
	*out = json_incref(all);
	return 0;
}

/* Where a config or a secret is if the file does not say it. */
static void set_target(json_t *grant, bool is_secret)
{
	const char *source = json_string_value(json_object_get(grant, "source"));
	const char *target = json_string_value(json_object_get(grant, "target"));
	const char *name = target && *target ? target : source;
	if (name[0] != '/')
		json_object_set_new(grant, "target", json_sprintf("%s/%s", is_secret ? "/run/secrets" : "", name));
}

int compose_shape_grants(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			 json_t *in, json_t **out, struct err *err)
{
	json_auto_t *all = json_array();
	size_t i;
	json_t *v;
	int e = compose_check_list(s, at, in, err);
	if (e < 0)
		return e;
	json_array_foreach (in, i, v) {
		const struct compose_at *here = COMPOSE_ITEM(at, i);
		json_auto_t *object = json_is_string(v) ? json_pack("{sO}", "source", v) : json_incref(v);
		json_t *grant = NULL;
		if ((e = compose_shape(s, here, COMPOSE_GRANT, object, &grant, err)) < 0)
			return e;
		json_array_append_new(all, grant);
		const char *source = json_string_value(json_object_get(grant, "source"));
		if (!source || !*source)
			return compose_fail(s, here, err, "compose-invalid", "source is missing");
		set_target(grant, strcmp(row->key, "secrets") == 0);
		if ((e = clean_target(s, here, grant, err)) < 0)
			return e;
	}
	*out = json_incref(all);
	return 0;
}
