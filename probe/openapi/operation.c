#include "probe/openapi/operation.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"

#define PARAMETERS_MAX 100 /* of one operation */

static const struct {
	const char *member, *method;
} methods[] = {
    {"get", "GET"},   {"head", "HEAD"}, {"options", "OPTIONS"}, {"trace", "TRACE"},
    {"post", "POST"}, {"put", "PUT"},   {"patch", "PATCH"},     {"delete", "DELETE"},
};

/* Adds the parameters of list; one of the same name and place replaces that of the path. */
static void add_parameters(struct openapi_document *d, json_t *list, struct openapi_operation *o)
{
	size_t i, k;
	json_t *one;
	json_array_foreach (list, i, one) {
		struct openapi_parameter p;
		if (!openapi_document_spend(d, 1))
			return;
		if (!openapi_parameter_read(d, openapi_document_resolve(d, one), &p))
			continue;
		for (k = 0; k < o->n_parameters; k++)
			if (o->parameters[k].place == p.place && strcmp(o->parameters[k].name, p.name) == 0)
				break;
		if (k == o->n_parameters && k < PARAMETERS_MAX)
			o->parameters = mem_realloc(o->parameters, ++o->n_parameters, sizeof(*o->parameters));
		if (k < o->n_parameters)
			o->parameters[k] = p;
	}
}

static void add(struct openapi_document *d, const char *base, const char *path, json_t *item, size_t method,
		struct openapi_operations *out)
{
	json_t *object = openapi_document_member(d, item, methods[method].member);
	if (!json_is_object(object))
		return;
	struct openapi_operation o = {
	    .method = methods[method].method, .path = path, .object = object, .item = item, .id = out->count};
	o.base = base ? mem_strdup(base) : openapi_base(d, &o);
	add_parameters(d, json_object_get(item, "parameters"), &o);
	add_parameters(d, json_object_get(object, "parameters"), &o);
	openapi_body_read(d, object, item, &o.body);
	out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
	out->items[out->count++] = o;
}

/* Whether it is a path that a request can be made of, in a time that is bounded. */
static bool is_usable(const char *path)
{
	size_t marks = 0;
	for (const char *s = path; marks <= PARAMETERS_MAX && (s = strchr(s, '{')); s++)
		marks++;
	return strlen(path) <= LIMIT_LINK && marks <= PARAMETERS_MAX;
}

void openapi_operations_read(struct openapi_document *d, const char *base, size_t max, struct openapi_operations *out)
{
	const char *path;
	json_t *value;
	json_object_foreach (json_object_get(d->root, "paths"), path, value) {
		json_t *item = *path == '/' ? openapi_document_resolve(d, value) : NULL;
		const bool usable = is_usable(path);
		for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
			const bool there = json_is_object(json_object_get(item, methods[i].member));
			if (!usable)
				out->too_long += there;
			else if (out->count < max && openapi_document_spend(d, 1))
				add(d, base, path, item, i, out);
			else
				out->left_out += there;
		}
	}
}

void openapi_operations_done(struct openapi_operations *o)
{
	for (size_t i = 0; i < o->count; i++) {
		struct openapi_operation *op = &o->items[i];
		openapi_body_done(&op->body);
		free(op->parameters);
		free(op->base);
	}
	free(o->items);
	*o = (struct openapi_operations){0};
}

/* ---- where the paths begin ---- */

/* url with the variables' defaults in it. */
static void fill(struct openapi_document *d, json_t *server, const char *url, struct buf *out)
{
	json_t *variables = json_object_get(server, "variables");
	buf_str(out, "");
	while (*url && out->len <= LIMIT_LINK) {
		const char *end = *url == '{' ? strchr(url, '}') : NULL;
		if (!end) {
			buf_char(out, *url++);
			continue;
		}
		CLEANUP_FREE char *name = mem_strndup(url + 1, (size_t)(end - url - 1));
		json_t *variable = openapi_document_member(d, variables, name);
		const char *value = json_string_value(json_object_get(variable, "default"));
		if (!value)
			value = json_string_value(json_array_get(json_object_get(variable, "enum"), 0));
		value = value ? value : name;
		buf_append(out, value, strnlen(value, LIMIT_LINK + 1));
		url = end + 1;
	}
}

char *openapi_base(struct openapi_document *d, const struct openapi_operation *o)
{
	json_t *const holders[] = {o->object, o->item, d->root};
	CLEANUP_BUF struct buf url = {0};
	const char *path = json_string_value(json_object_get(d->root, "basePath"));
	if (!d->swagger) {
		json_t *server = NULL;
		for (size_t i = 0; i < 3 && !server; i++)
			server = json_array_get(json_object_get(holders[i], "servers"), 0);
		const char *said = json_string_value(json_object_get(server, "url"));
		/* one byte too many, and no request fits */
		CLEANUP_FREE char *start = said ? mem_strndup(said, LIMIT_LINK + 1) : mem_strdup("");
		fill(d, server, start, &url);
		const char *host = strstr(url.data, "://");
		host = host ? host + 3 : strncmp(url.data, "//", 2) == 0 ? url.data + 2 : NULL;
		path = host ? host + strcspn(host, "/?#") : url.data;
	}
	size_t n = path ? strcspn(path, "?#") : 0;
	while (n && path[n - 1] == '/')
		n--;
	return n ? mem_printf("%s%.*s", *path == '/' ? "" : "/", (int)n, path) : mem_strdup("");
}
