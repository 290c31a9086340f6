#include "compose/model.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compose/extends.h"
#include "compose/merge.h"
#include "compose/shape/shape.h"

/* Gives names of environment: without a value that of the variable, if it is set. Leaves the variables for env_file. */
static json_t *resolve_service(const struct compose_env *env, json_t *service)
{
	json_t *given = json_object_get(service, "environment"), *v, *all = json_copy(service);
	const char *name;
	if (json_object_get(service, "env_file"))
		json_object_set_new(all, COMPOSE_VALUE,
				    compose_merge(json_object_get(service, COMPOSE_VALUE), env->vars));
	if (!given)
		return all;
	json_t *resolved = json_copy(given);
	json_object_foreach (given, name, v) {
		const char *value = json_is_null(v) ? compose_env_get(env, name) : NULL;
		json_t *text = value ? json_string(value) : NULL; /* NULL = it is not UTF-8 */
		if (text)
			json_object_set_new(resolved, name, text);
	}
	json_object_set_new(all, "environment", resolved);
	return all;
}

/* Adds the value of the variable that a config or a secret is. */
static json_t *resolve_source(const struct compose_env *env, json_t *source)
{
	const char *name = json_string_value(json_object_get(source, "environment"));
	const char *value = name ? compose_env_get(env, name) : NULL;
	json_t *text = value ? json_string(value) : NULL, *all;
	if (!text)
		return json_incref(source);
	all = json_copy(source);
	json_object_set_new(all, COMPOSE_VALUE, text);
	return all;
}

/* Replaces names of variables by their values: an included file has variables that the others do not have. */
static void resolve_variables(const struct compose_env *env, json_t *tree)
{
	static const struct {
		const char *section;
		json_t *(*resolve)(const struct compose_env *env, json_t *v);
	} rows[] = {{"services", resolve_service}, {"configs", resolve_source}, {"secrets", resolve_source}};
	const char *name;
	json_t *v;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *all = json_object();
		json_object_foreach (json_object_get(tree, rows[i].section), name, v)
			json_object_set_new(all, name, rows[i].resolve(env, v));
		json_object_set_new(tree, rows[i].section, all);
	}
}

/* One file as a tree, without what is before it. */
static int load_one(struct compose_scope *s, json_t *before, const struct compose_nest *nest, json_t **out,
		    struct err *err)
{
	json_auto_t *values = NULL, *tree = NULL;
	json_t *services = NULL;
	int e = compose_source_values(s, &values, err);
	if (e == 0)
		e = compose_shape(s, NULL, COMPOSE_TOP, values, &tree, err);
	if (e == 0)
		e = compose_extend(s, json_object_get(tree, "services"), json_object_get(before, "services"), &services,
				   err);
	if (e < 0)
		return e;
	json_object_set_new(tree, "services", services);
	json_t *include = json_object_get(tree, "include");
	if (include && (e = compose_include(s, include, nest, compose_model_load, tree, err)) < 0)
		return e;
	json_object_del(tree, "include");
	*out = json_incref(tree);
	return 0;
}

static int add_file(struct compose_scope *s, const struct compose_nest *nest, json_t **tree, struct err *err)
{
	json_auto_t *one = NULL;
	size_t i;
	json_t *path;
	int e = load_one(s, *tree, nest, &one, err);
	if (e < 0)
		return e;
	json_array_foreach (s->drops, i, path) {
		json_t *less = compose_drop(*tree, path, 0);
		json_decref(*tree);
		*tree = less;
	}
	json_t *merged = compose_merge(*tree, one);
	json_decref(*tree);
	*tree = merged;
	return 0;
}

int compose_model_load(struct compose_reading *r, const struct strlist *files, const char *dir,
		       const struct compose_env *env, const struct compose_nest *nest, json_t **out, struct err *err)
{
	json_auto_t *tree = json_object();
	int e = 0;
	for (size_t i = 0; e == 0 && i < files->count; i++) {
		struct compose_scope s = {.reading = r, .env = env, .dir = dir};
		struct compose_nest here = {.up = nest, .path = files->items[i], .depth = nest ? nest->depth + 1 : 0};
		for (const struct compose_nest *n = nest; n; n = n->up)
			if (strcmp(n->path, here.path) == 0)
				return err_set(err, ERR_INVAL, "compose-circle", "%.400s includes itself", here.path);
		if (here.depth > LIMIT_COMPOSE_DEPTH)
			return err_set(err, ERR_LIMIT, "compose-too-large",
				       "%.400s: more than %d files include another", here.path, LIMIT_COMPOSE_DEPTH);
		e = compose_source_open(r, here.path, &s.file, err);
		if (e == 0)
			e = add_file(&s, &here, &tree, err);
		json_decref(s.drops);
	}
	if (e < 0)
		return e;
	resolve_variables(env, tree);
	*out = json_incref(tree);
	return 0;
}
