#include "compose/include.h"

#include <string.h>

#include "base/mem.h"
#include "compose/shape/shape.h"

static char *directory_of(const struct compose_scope *s, const json_t *include, const struct strlist *files)
{
	const char *given = json_string_value(json_object_get(include, "project_directory"));
	return given ? compose_path(s, given) : compose_directory(files->items[0]);
}

/* The variables of the files of env_file, or of .env of the directory. */
static int read_env(struct compose_scope *s, const json_t *include, const char *dir, struct compose_env *env,
		    struct err *err)
{
	const json_t *given = json_object_get(include, "env_file");
	size_t i;
	json_t *v;
	int e = 0;
	if (!given) {
		CLEANUP_FREE char *path = mem_printf("%s/.env", strcmp(dir, "/") == 0 ? "" : dir);
		return compose_env_read(s->reading, env->up, path, false, false, env->vars, err);
	}
	json_array_foreach (given, i, v) {
		CLEANUP_FREE char *path = compose_path(s, json_string_value(v));
		if (e == 0 && path)
			e = compose_env_read(s->reading, env->up, path, true, false, env->vars, err);
	}
	return e;
}

/* Adds what the included files make. Both may have a thing of one name only if it is the same. */
static int import(const struct compose_scope *s, const struct compose_at *at, json_t *from, json_t *tree,
		  struct err *err)
{
	static const char *const sections[] = {"services", "networks", "volumes", "configs", "secrets"};
	const char *key;
	json_t *v;
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		json_t *had = json_object_get(tree, sections[i]);
		json_t *all = had ? json_copy(had) : json_object();
		json_object_set_new(tree, sections[i], all);
		json_object_foreach (json_object_get(from, sections[i]), key, v) {
			json_t *old = json_object_get(all, key);
			if (old && !json_equal(old, v))
				return compose_fail(s, at, err, "compose-include-conflict",
						    "%s.%.100s is in this file and in an included one; change it in an "
						    "override file",
						    sections[i], key);
			json_object_set(all, key, v);
		}
		if (json_object_size(all) > LIMIT_COMPOSE_SERVICES)
			return compose_fail(s, at, err, "compose-too-large", "more than %d %s are given",
					    LIMIT_COMPOSE_SERVICES, sections[i]);
	}
	return 0;
}

static int include_one(struct compose_scope *s, const struct compose_at *at, json_t *item,
		       const struct compose_nest *nest, compose_loader *load, json_t *tree, struct err *err)
{
	json_auto_t *object = json_is_string(item) ? json_pack("{sO}", "path", item) : json_incref(item);
	json_auto_t *include = NULL, *from = NULL, *vars = json_object();
	CLEANUP_STRLIST struct strlist files = {0};
	size_t i;
	json_t *v;
	int e = compose_shape(s, at, COMPOSE_INCLUDE, object, &include, err);
	if (e < 0)
		return e;
	json_array_foreach (json_object_get(include, "path"), i, v) {
		char *path = *json_string_value(v) ? compose_path(s, json_string_value(v)) : NULL;
		if (path)
			strlist_take(&files, path);
	}
	if (!files.count)
		return compose_fail(s, at, err, "compose-invalid", "path is missing: the file to include");
	CLEANUP_FREE char *dir = directory_of(s, include, &files);
	if (!dir)
		return compose_fail(s, at, err, "compose-invalid", "HOME is not set");
	struct compose_env env = {.up = s->env, .vars = vars};
	e = read_env(s, include, dir, &env, err);
	if (e == 0)
		e = load(s->reading, &files, dir, &env, nest, &from, err);
	if (e < 0)
		return compose_place_wrap(&s->reading->sources, s->file, at, err);
	return import(s, at, from, tree, err);
}

int compose_include(struct compose_scope *s, json_t *include, const struct compose_nest *nest, compose_loader *load,
		    json_t *tree, struct err *err)
{
	const struct compose_at at = {.key = "include"};
	size_t i;
	json_t *v;
	int e = compose_check_list(s, &at, include, err);
	json_array_foreach (include, i, v) {
		if (e == 0)
			e = include_one(s, COMPOSE_ITEM(&at, i), v, nest, load, tree, err);
	}
	return e;
}
