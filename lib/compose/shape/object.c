#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compose/shape/shape.h"
#include "compose/shape/shaper.h"

/* external: true, or the older external: {name: NAME}, which stays an object. */
int compose_shape_external(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			   json_t *in, json_t **out, struct err *err)
{
	if (!json_is_object(in))
		return compose_shape_bool(s, at, row, in, out, err);
	const char *name = json_string_value(json_object_get(in, "name"));
	if (!name || json_object_size(in) != 1)
		return compose_fail(s, at, err, "compose-invalid", "external is true, false, or {name: NAME}");
	*out = json_incref(in);
	return 0;
}

/* driver_opts of a volume: a device is an absolute path, if it looks like a relative one. */
int compose_shape_options(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			  json_t *in, json_t **out, struct err *err)
{
	int e = compose_shape_pairs(s, at, row, in, out, err);
	const char *device = e == 0 ? json_string_value(json_object_get(*out, "device")) : NULL;
	if (!device || !strchr("./~", device[0]))
		return e;
	CLEANUP_FREE char *path = compose_path(s, device);
	if (path)
		json_object_set_new(*out, "device", json_string(path));
	return 0;
}

/* Whether a context is not a directory of this machine. */
static bool is_remote(const char *context)
{
	return strstr(context, "://") || strncmp(context, "git@", 4) == 0 || strncmp(context, "github.com/", 11) == 0;
}

int compose_shape_build(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
			json_t **out, struct err *err)
{
	json_auto_t *object = json_is_string(in) ? json_pack("{sO}", "context", in) : json_incref(in);
	json_auto_t *build = NULL;
	(void)row;
	int e = compose_shape(s, at, COMPOSE_BUILD, object, &build, err);
	if (e < 0)
		return e;
	const char *context = json_string_value(json_object_get(build, "context"));
	if (!context || !*context)
		context = ".";
	if (!is_remote(context)) {
		CLEANUP_FREE char *path = compose_path(s, context);
		if (!path)
			return compose_fail(s, at, err, "compose-invalid", "HOME is not set: %.300s", context);
		json_object_set_new(build, "context", json_string(path));
	}
	*out = json_incref(build);
	return 0;
}

/* A device as docker run --device takes it, or a mapping of these parts. */
int compose_shape_devices(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
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
		const char *source = NULL, *target = NULL, *permissions = NULL;
		if (json_is_string(v)) {
			json_array_append(all, v);
			continue;
		}
		if (json_unpack(v, "{s:s, s?s, s?s !}", "source", &source, "target", &target, "permissions",
				&permissions) < 0)
			return compose_fail(s, COMPOSE_ITEM(at, i), err, "compose-invalid",
					    "a device is SOURCE:TARGET:PERMISSIONS, or a mapping of source, target and "
					    "permissions");
		json_array_append_new(all, json_sprintf("%s:%s%s%s", source, target ? target : source,
							permissions ? ":" : "", permissions ? permissions : ""));
	}
	*out = json_incref(all);
	return 0;
}

/* A service of the same file, or of another. */
int compose_shape_extends(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			  json_t *in, json_t **out, struct err *err)
{
	json_auto_t *object = json_is_string(in) ? json_pack("{sO}", "service", in) : json_incref(in);
	json_auto_t *new = NULL;
	(void)row;
	int e = compose_shape(s, at, COMPOSE_EXTENDS, object, &new, err);
	if (e < 0)
		return e;
	if (!json_object_get(new, "service"))
		return compose_fail(s, at, err, "compose-invalid", "service is missing: the service that it extends");
	*out = json_incref(new);
	return 0;
}

int compose_shape_ipam(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		       json_t **out, struct err *err)
{
	json_auto_t *all = json_array();
	size_t i;
	json_t *v, *new;
	(void)row;
	int e = compose_check_list(s, at, in, err);
	if (e < 0)
		return e;
	json_array_foreach (in, i, v) {
		if ((e = compose_shape(s, COMPOSE_ITEM(at, i), COMPOSE_IPAM_CONFIG, v, &new, err)) < 0)
			return e;
		json_array_append_new(all, new);
	}
	*out = json_incref(all);
	return 0;
}

/* A number, or -1 = unlimited. */
static bool read_limit(const json_t *v, json_t **out)
{
	CLEANUP_BUF struct buf text = {0};
	if (!compose_scalar(v, &text) || !text.len || text.len > 18)
		return false;
	const bool unlimited = strcmp(text.data, "-1") == 0 || strcmp(text.data, "unlimited") == 0;
	if (!unlimited && strspn(text.data, "0123456789") != text.len)
		return false;
	*out = json_integer(unlimited ? -1 : strtoll(text.data, NULL, 10));
	return true;
}

/* NAME: NUMBER, or NAME: {soft, hard}. */
int compose_shape_ulimits(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			  json_t *in, json_t **out, struct err *err)
{
	json_auto_t *all = json_object();
	const char *key;
	json_t *v;
	(void)row;
	int e = compose_check_object(s, at, in, err);
	if (e < 0)
		return e;
	json_object_foreach (in, key, v) {
		const struct compose_at *here = COMPOSE_KEY(at, key);
		json_auto_t *both = NULL;
		json_t *soft = NULL, *hard = NULL;
		if (json_is_object(v) && (e = compose_shape(s, here, COMPOSE_ULIMIT, v, &both, err)) < 0)
			return e;
		const bool good = read_limit(both ? json_object_get(both, "soft") : v, &soft) &&
				  read_limit(both ? json_object_get(both, "hard") : v, &hard);
		if (!good) {
			json_decref(soft);
			return compose_fail(s, here, err, "compose-invalid",
					    "a limit is a number, -1, or a mapping of soft and hard");
		}
		json_object_set_new(all, key, json_pack("{soso}", "soft", soft, "hard", hard));
	}
	*out = json_incref(all);
	return 0;
}
