#include "compose/extends.h"

#include <string.h>

#include "base/mem.h"
#include "compose/merge.h"
#include "compose/shape/shape.h"

/* The services of a file. */
struct family {
	struct compose_scope *scope;
	json_t *services;
	json_t *before; /* of the files before it; NULL = none */
	bool shaped;
};

/* Services that are being resolved, for circles. */
struct chain {
	const struct chain *up;
	const struct compose_source *file;
	const char *name;
	unsigned depth;
};

static int resolve(const struct family *f, const char *name, const struct chain *chain, json_t **out, struct err *err);

/* The service in its long form, a new reference; NULL = there is none. */
static int get_service(const struct family *f, const char *name, json_t **out, struct err *err)
{
	json_t *v = json_object_get(f->services, name);
	const struct compose_at services = {.key = "services"};
	if (v && !f->shaped)
		return compose_shape(f->scope, COMPOSE_KEY(&services, name), COMPOSE_SERVICE, v, out, err);
	*out = v ? json_incref(v) : NULL;
	return 0;
}

/* The base is in another file. */
static int resolve_in_file(const struct compose_scope *s, const char *file, const char *name, const struct chain *chain,
			   json_t **out, struct err *err)
{
	CLEANUP_FREE char *path = compose_path(s, file);
	CLEANUP_FREE char *dir = path ? compose_directory(path) : NULL;
	struct compose_scope there = {.reading = s->reading, .env = s->env, .dir = dir};
	json_auto_t *values = NULL;
	if (!path)
		return err_set(err, ERR_INVAL, "compose-invalid", "HOME is not set: %.300s", file);
	int e = compose_source_open(s->reading, path, &there.file, err);
	if (e == 0)
		e = compose_source_values(&there, &values, err);
	const struct family f = {&there, json_object_get(values, "services"), NULL, false};
	if (e == 0)
		e = resolve(&f, name, chain, out, err);
	json_decref(there.drops);
	return e;
}

/* What the base has that this file's !reset and !override drop of the service. */
static json_t *drop_of(const struct compose_scope *s, const char *name, json_t *base)
{
	size_t i;
	json_t *path;
	json_array_foreach (s->drops, i, path) {
		const char *first = json_string_value(json_array_get(path, 0));
		const char *second = json_string_value(json_array_get(path, 1));
		if (!second || strcmp(first, "services") != 0 || strcmp(second, name) != 0)
			continue;
		json_t *less = json_array_size(path) == 2 ? json_object() : compose_drop(base, path, 2);
		json_decref(base);
		base = less;
	}
	return base;
}

static int check_chain(const struct family *f, const struct compose_at *at, const char *name, const struct chain *chain,
		       struct err *err)
{
	for (const struct chain *c = chain; c; c = c->up)
		if (c->file == f->scope->file && strcmp(c->name, name) == 0)
			return compose_fail(f->scope, at, err, "compose-circle", "the service extends itself");
	if (chain && chain->depth >= LIMIT_COMPOSE_DEPTH)
		return compose_fail(f->scope, at, err, "compose-too-large", "more than %d services extend another",
				    LIMIT_COMPOSE_DEPTH);
	return 0;
}

static int resolve_base(const struct family *f, const struct compose_at *at, json_t *extends, const struct chain *chain,
			json_t **base, struct err *err)
{
	const char *name = json_string_value(json_object_get(extends, "service"));
	const char *file = json_string_value(json_object_get(extends, "file"));
	if (!file)
		return resolve(f, name, chain, base, err);
	int e = resolve_in_file(f->scope, file, name, chain, base, err);
	return e < 0 ? compose_place_wrap(&f->scope->reading->sources, f->scope->file, at, err) : 0;
}

/* The service with all that it extends; no service of that name is an error. */
static int resolve(const struct family *f, const char *name, const struct chain *chain, json_t **out, struct err *err)
{
	const struct compose_at services = {.key = "services"}, at = {.up = &services, .key = name},
				extends_at = {.up = &at, .key = "extends"};
	json_auto_t *service = NULL;
	json_t *base = NULL;
	int e = check_chain(f, &extends_at, name, chain, err);
	if (e == 0)
		e = get_service(f, name, &service, err);
	if (e < 0)
		return e;
	if (!service && chain && (service = json_incref(json_object_get(f->before, name)))) {
		*out = json_incref(service);
		return 0;
	}
	if (!service)
		return compose_fail(f->scope, &services, err, "compose-service-unknown",
				    "there is no service %.100s to extend", name);
	json_t *extends = json_object_get(service, "extends");
	if (!extends) {
		*out = json_incref(service);
		return 0;
	}
	const struct chain here = {chain, f->scope->file, name, chain ? chain->depth + 1 : 0};
	if ((e = compose_spend(f->scope->reading, json_object_size(service), 0, err)) < 0 ||
	    (e = resolve_base(f, &extends_at, extends, &here, &base, err)) < 0)
		return e;
	base = drop_of(f->scope, name, base);
	json_t *merged = compose_merge(base, service);
	json_object_del(merged, "extends");
	json_decref(base);
	*out = merged;
	return 0;
}

int compose_extend(struct compose_scope *s, json_t *services, json_t *before, json_t **out, struct err *err)
{
	const struct family f = {s, services, before, true};
	json_auto_t *all = json_object();
	const char *name;
	json_t *v, *new;
	json_object_foreach (services, name, v) {
		int e = resolve(&f, name, NULL, &new, err);
		if (e < 0)
			return e;
		json_object_set_new(all, name, new);
	}
	*out = json_incref(all);
	return 0;
}
