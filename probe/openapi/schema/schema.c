#include "probe/openapi/schema/schema.h"

#include <string.h>

#include "base/mem.h"

#define PATH_MAX_LENGTH 256 /* schemas in each other, and parts of one */
#define GIVEN_LOOKED_AT 256 /* values of one list, of which a few are taken */

void openapi_path_done(struct openapi_path *p)
{
	free(p->items);
	*p = (struct openapi_path){0};
}

static size_t times_in_path(const struct openapi_path *p, const json_t *schema)
{
	size_t n = 0;
	for (size_t i = 0; i < p->count; i++)
		n += p->items[i] == schema;
	return n;
}

/* Adds the members of from to out; those of from are stronger. */
static void merge(struct openapi_document *d, json_t *out, json_t *from)
{
	const char *key;
	json_t *member;
	openapi_document_spend(d, json_object_size(from) + json_object_size(json_object_get(from, "properties")) +
				      json_array_size(json_object_get(from, "required")));
	json_object_foreach (from, key, member) {
		json_t *before = json_object_get(out, key);
		const char *name;
		json_t *property;
		size_t i;
		if (before && strcmp(key, "properties") == 0) {
			json_object_foreach (member, name, property) {
				json_t *old = json_object_get(before, name);
				json_object_set_new(before, name,
						    old && old != property
							? json_pack("{s:[O,O]}", "allOf", old, property)
							: json_incref(property));
			}
		} else if (before && strcmp(key, "required") == 0 && json_is_array(before)) {
			json_array_foreach (member, i, property)
				json_array_append(before, property);
		} else if (strcmp(key, "properties") == 0 || strcmp(key, "required") == 0) {
			json_object_set_new(out, key, json_copy(member));
		} else {
			json_object_set(out, key, member);
		}
	}
}

/* What a discriminator calls the schema that reference leads to; free(). */
static char *name_of(const json_t *mapping, const char *reference)
{
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)mapping, key, value) {
		const char *to = json_string_value(value);
		const char *slash = strrchr(reference, '/');
		if (to && (strcmp(to, reference) == 0 || (slash && strcmp(to, slash + 1) == 0)))
			return mem_strdup(key);
	}
	const char *slash = strrchr(reference, '/');
	return mem_strdup(slash ? slash + 1 : reference);
}

/* reference: by which the schema, or the branch of it, was reached. */
static void discriminate(struct openapi_document *d, json_t *flat, const char *reference)
{
	json_t *how = json_object_get(flat, "discriminator"); /* in Swagger the property's name */
	const char *property = json_string_value(json_is_string(how) ? how : json_object_get(how, "propertyName"));
	if (!property || !reference)
		return;
	json_t *mapping = json_object_get(how, "mapping");
	if (!openapi_document_spend(d, json_object_size(mapping)))
		return;
	CLEANUP_FREE char *name = name_of(mapping, reference);
	json_t *properties = json_object_get(flat, "properties"), *value = json_string(name);
	if (!properties) {
		properties = json_object();
		json_object_set_new(flat, "properties", properties);
	}
	json_object_set_new(properties, property, json_pack("{s:o}", "const", value ? value : json_null()));
}

static json_t *flatten(struct openapi_document *d, json_t *schema, struct openapi_path *path, const char **branch);

static bool is_null_type(const json_t *flat)
{
	const char *type = json_string_value(json_object_get(flat, "type"));
	return type && strcmp(type, "null") == 0;
}

/* The first of the list that has values, flat; *branch: the reference that leads to it. */
static json_t *choose(struct openapi_document *d, json_t *list, struct openapi_path *path, const char **branch)
{
	size_t i;
	json_t *one;
	json_array_foreach (list, i, one) {
		const size_t before = path->count;
		json_t *target = openapi_document_resolve(d, one);
		if (!target || times_in_path(path, target))
			continue;
		const char *deeper = json_string_value(json_object_get(one, "$ref"));
		json_t *flat = flatten(d, one, path, &deeper);
		if (flat && !is_null_type(flat)) {
			*branch = deeper;
			return flat;
		}
		json_decref(flat);
		path->count = before;
	}
	return NULL;
}

/* The example of a part does not fit the whole object. */
static void add_part(struct openapi_document *d, json_t *out, json_t *part, bool alone)
{
	static const char *const of_itself[] = {"example", "examples", "default", "title", "x-example"};
	const bool object = json_object_get(part, "properties");
	for (size_t i = 0; !alone && object && i < sizeof(of_itself) / sizeof(*of_itself); i++)
		json_object_del(part, of_itself[i]);
	merge(d, out, part);
	json_decref(part);
}

/* The parts of a schema whose reference was followed already, into out. False: no value fits. */
static bool add_parts(struct openapi_document *d, json_t *schema, struct openapi_path *path, json_t *out,
		      const char **branch)
{
	static const char *const choices[] = {"oneOf", "anyOf"};
	json_t *all = json_object_get(schema, "allOf"), *one;
	const bool alone = json_array_size(all) == 1 && !json_object_get(schema, "properties");
	size_t i;
	json_array_foreach (all, i, one) {
		const char *unused = NULL;
		json_t *part = flatten(d, one, path, &unused);
		if (part)
			add_part(d, out, part, alone);
	}
	for (i = 0; i < 2; i++) {
		json_t *list = json_object_get(schema, choices[i]);
		json_t *part = choose(d, list, path, branch);
		if (json_array_size(list) && !part)
			return false;
		if (part)
			add_part(d, out, part, true);
	}
	json_auto_t *own = json_copy(schema);
	static const char *const done[] = {"allOf", "oneOf", "anyOf", "$ref"};
	for (i = 0; i < 4; i++)
		json_object_del(own, done[i]);
	merge(d, out, own);
	return true;
}

static json_t *flatten(struct openapi_document *d, json_t *schema, struct openapi_path *path, const char **branch)
{
	const char *reference = json_string_value(json_object_get(schema, "$ref"));
	if (!openapi_document_spend(d, 1))
		return NULL;
	json_t *target = openapi_document_resolve(d, schema);
	if (json_is_true(target))
		return json_object();
	if (!json_is_object(target) || path->count >= PATH_MAX_LENGTH)
		return NULL;
	/* a choice may come twice: the second time another branch is taken */
	const bool choice = json_object_get(target, "oneOf") || json_object_get(target, "anyOf");
	if (times_in_path(path, target) >= (choice ? 2 : 1))
		return NULL;
	path->items = mem_grow(path->items, path->count, &path->cap, sizeof(*path->items));
	path->items[path->count++] = target;

	json_t *out = json_object();
	if (!add_parts(d, target, path, out, branch)) {
		json_decref(out);
		return NULL;
	}
	if (reference && !d->swagger && json_object_size(schema) > 1) { /* 3.1: what stands beside it counts, too */
		json_auto_t *beside = json_copy(schema);
		json_object_del(beside, "$ref");
		merge(d, out, beside);
	}
	if (!*branch)
		*branch = reference;
	discriminate(d, out, *branch);
	return out;
}

json_t *openapi_schema_flat(struct openapi_document *d, json_t *schema, struct openapi_path *path)
{
	const char *branch = NULL;
	return flatten(d, schema, path, &branch);
}

const char *openapi_schema_type(const json_t *flat)
{
	static const struct {
		const char *member, *type;
	} signs[] = {
	    {"properties", "object"},    {"additionalProperties", "object"},
	    {"minProperties", "object"}, {"items", "array"},
	    {"prefixItems", "array"},    {"minItems", "array"},
	    {"pattern", "string"},       {"minLength", "string"},
	    {"maxLength", "string"},     {"format", "string"},
	    {"multipleOf", "number"},    {"minimum", "number"},
	    {"maximum", "number"},       {"required", "object"},
	};
	json_t *type = json_object_get(flat, "type"), *one;
	size_t i;
	if (json_is_string(type))
		return json_string_value(type);
	json_array_foreach (type, i, one)
		if (json_is_string(one) && strcmp(json_string_value(one), "null") != 0)
			return json_string_value(one);
	for (i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (json_object_get(flat, signs[i].member))
			return signs[i].type;
	return "string";
}

static void add_given(json_t *list, json_t *value, size_t max)
{
	size_t i;
	json_t *before;
	if (!value || json_is_null(value) || json_array_size(list) >= max)
		return;
	json_array_foreach (list, i, before)
		if (json_equal(before, value))
			return;
	json_array_append(list, value);
}

json_t *openapi_schema_given(const json_t *flat, size_t max)
{
	static const struct {
		const char *member;
		bool list;
	} places[] = {{"const", false},   {"example", false}, {"x-example", false},
		      {"examples", true}, {"default", false}, {"enum", true}};
	json_t *given = json_array(), *one;
	size_t k;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		json_t *value = json_object_get(flat, places[i].member);
		if (!places[i].list)
			add_given(given, value, max);
		else
			for (k = 0; k < GIVEN_LOOKED_AT && (one = json_array_get(value, k)); k++)
				add_given(given, one, max);
	}
	return given;
}
