#include "rewrite/config_edit.h"

#include <string.h>

#include "base/mem.h"
#include "text/json.h"

static bool has(const struct strlist *l)
{
	return l && l->count;
}

bool rewrite_config_edit_is_empty(const struct rewrite_config_edit *e)
{
	return !e->entrypoint && !e->cmd && !e->working_dir && !has(e->env) && !has(e->remove_env) && !has(e->labels) &&
	       !has(e->remove_labels) && !has(e->volumes) && !has(e->remove_volumes) && !has(e->expose) &&
	       !has(e->remove_expose);
}

static json_t *text(const char *s)
{
	return json_bytes(s, strlen(s));
}

static void set_list(json_t *config, const char *key, const struct strlist *l)
{
	if (!l)
		return;
	json_object_del(config, key);
	if (!l->count)
		return;
	json_t *list = json_array();
	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(list, text(l->items[i]));
	json_object_set_new(config, key, list);
}

/* Whether the assignment is of one of the names, each NAME or NAME=VALUE. */
static bool names(const struct strlist *l, const char *assignment)
{
	size_t n = strcspn(assignment, "=");
	for (size_t i = 0; l && i < l->count; i++)
		if (strcspn(l->items[i], "=") == n && memcmp(l->items[i], assignment, n) == 0)
			return true;
	return false;
}

/* Each stays where it was; new ones follow. */
static void edit_env(json_t *config, const struct strlist *set, const struct strlist *gone)
{
	if (!has(set) && !has(gone))
		return;
	CLEANUP_STRLIST struct strlist env = {0};
	size_t i;
	json_t *v;
	json_array_foreach (json_object_get(config, "Env"), i, v)
		if (json_is_string(v) && !names(gone, json_string_value(v)))
			strlist_add(&env, json_string_value(v));
	for (i = 0; set && i < set->count; i++)
		strlist_set_env(&env, set->items[i]);
	set_list(config, "Env", &env);
}

/* A member that is an object: what `gone` names is taken out, what `set` names put in; with_values: as NAME=VALUE,
 * else as empty objects. */
static void edit_members(json_t *config, const char *key, const struct strlist *set, const struct strlist *gone,
			 bool with_values)
{
	if (!has(set) && !has(gone))
		return;
	json_t *old = json_object_get(config, key);
	json_auto_t *members = json_is_object(old) ? json_copy(old) : json_object();
	for (size_t i = 0; gone && i < gone->count; i++)
		json_object_del(members, gone->items[i]);
	for (size_t i = 0; set && i < set->count; i++) {
		const char *item = set->items[i];
		CLEANUP_FREE char *name = mem_strndup(item, with_values ? strcspn(item, "=") : strlen(item));
		const char *value = item + strlen(name);
		json_object_set_new(members, name, with_values ? text(*value ? value + 1 : "") : json_object());
	}
	json_object_del(config, key);
	if (json_object_size(members))
		json_object_set(config, key, members);
}

void rewrite_config_edit_apply(const struct rewrite_config_edit *e, json_t *root)
{
	json_t *old = json_object_get(root, "config");
	json_t *config = json_is_object(old) ? json_copy(old) : json_object();
	set_list(config, "Entrypoint", e->entrypoint);
	set_list(config, "Cmd", e->cmd);
	if (e->working_dir)
		json_object_set_new(config, "WorkingDir", text(e->working_dir));
	edit_env(config, e->env, e->remove_env);
	edit_members(config, "Labels", e->labels, e->remove_labels, true);
	edit_members(config, "Volumes", e->volumes, e->remove_volumes, false);
	edit_members(config, "ExposedPorts", e->expose, e->remove_expose, false);
	json_object_set_new(root, "config", config);
}
