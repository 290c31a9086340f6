#include "compose/merge.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/strset.h"

/* What tells an item of a list from others; NULL = nothing does. */
static const char *identity(const json_t *item)
{
	static const char *const keys[] = {"target", "path", "subnet"};
	const char *text = json_string_value(item);
	for (size_t i = 0; !text && i < sizeof(keys) / sizeof(keys[0]); i++)
		text = json_string_value(json_object_get(item, keys[i]));
	return text;
}

static void append(json_t *all, json_t *from, struct strset *known, json_t *places)
{
	size_t i;
	json_t *v;
	json_array_foreach (from, i, v) {
		const char *id = identity(v);
		bool added = true;
		const size_t n = id ? strset_add_len(known, id, strlen(id), &added) : 0;
		if (!added) {
			json_array_set(all, (size_t)json_integer_value(json_array_get(places, n)), v);
			continue;
		}
		if (id)
			json_array_append_new(places, json_integer((json_int_t)json_array_size(all)));
		json_array_append(all, v);
	}
}

static json_t *merge_lists(json_t *base, json_t *over)
{
	CLEANUP_STRSET struct strset known = {0};
	json_auto_t *places = json_array();
	json_t *all = json_array();
	append(all, base, &known, places);
	append(all, over, &known, places);
	return all;
}

static json_t *merge_member(const char *key, json_t *base, json_t *over)
{
	static const char *const replaced[] = {"command", "entrypoint", "test"};
	if (json_is_object(over))
		return compose_merge(json_is_object(base) ? base : NULL, over);
	if (!json_is_array(over))
		return json_incref(over);
	for (size_t i = 0; i < sizeof(replaced) / sizeof(replaced[0]); i++)
		if (strcmp(replaced[i], key) == 0)
			return json_incref(over);
	return merge_lists(json_is_array(base) ? base : NULL, over);
}

json_t *compose_merge(json_t *base, json_t *over)
{
	json_t *all = base ? json_copy(base) : json_object();
	const char *key;
	json_t *v;
	json_object_foreach (over, key, v)
		json_object_set_new(all, key, merge_member(key, json_object_get(base, key), v));
	return all;
}

json_t *compose_drop(json_t *tree, const json_t *path, size_t skipped)
{
	const char *key = json_string_value(json_array_get(path, skipped));
	json_t *v = key ? json_object_get(tree, key) : NULL;
	if (!v)
		return json_incref(tree);
	json_t *all = json_copy(tree);
	if (skipped + 1 == json_array_size(path))
		json_object_del(all, key);
	else
		json_object_set_new(all, key, compose_drop(v, path, skipped + 1));
	return all;
}
