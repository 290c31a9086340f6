#include "probe/openapi/parameter.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "probe/openapi/schema/value.h"

static const struct {
	const char *name;
	enum openapi_style style;
} styles[] = {
    {"simple", OPENAPI_SIMPLE},
    {"label", OPENAPI_LABEL},
    {"matrix", OPENAPI_MATRIX},
    {"form", OPENAPI_FORM},
    {"spaceDelimited", OPENAPI_SPACES},
    {"pipeDelimited", OPENAPI_PIPES},
    {"deepObject", OPENAPI_DEEP},
    /* Swagger's collectionFormat; "csv" is the usual style without explode */
    {"ssv", OPENAPI_SPACES},
    {"tsv", OPENAPI_TABS},
    {"pipes", OPENAPI_PIPES},
    {"multi", OPENAPI_FORM},
};

static void read_style(struct openapi_document *d, json_t *object, struct openapi_parameter *p)
{
	const char *said = json_string_value(json_object_get(object, d->swagger ? "collectionFormat" : "style"));
	json_t *explode = json_object_get(object, "explode"), *content = json_object_get(object, "content");
	p->style = p->place == OPENAPI_QUERY || p->place == OPENAPI_COOKIE ? OPENAPI_FORM : OPENAPI_SIMPLE;
	for (size_t i = 0; said && i < sizeof(styles) / sizeof(*styles); i++)
		if (strcmp(said, styles[i].name) == 0)
			p->style = styles[i].style;
	p->explode = explode ? json_is_true(explode) : p->style == OPENAPI_FORM || p->style == OPENAPI_DEEP;
	if (d->swagger)
		p->explode = said && strcmp(said, "multi") == 0;
	p->reserved = json_is_true(json_object_get(object, "allowReserved"));
	p->schema = d->swagger ? object : json_object_get(object, "schema");
	void *first = json_object_iter(content);
	if (first && !p->schema) {
		json_t *media = openapi_document_resolve(d, json_object_iter_value(first));
		p->schema = json_object_get(media, "schema");
		p->raw = media;
		p->style = OPENAPI_JSON;
	}
}

/* Headers that the client itself writes, and that OpenAPI has other places for. */
static bool is_clients(const char *name)
{
	static const char *const names[] = {"accept",         "content-type",      "authorization", "host",
					    "content-length", "transfer-encoding", "connection"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

bool openapi_parameter_read(struct openapi_document *d, json_t *object, struct openapi_parameter *out)
{
	static const char *const places[] = {"path", "query", "header", "cookie"};
	const char *name = json_string_value(json_object_get(object, "name"));
	const char *in = json_string_value(json_object_get(object, "in"));
	for (int i = 0; name && *name && in && i < 4; i++) {
		if (strcmp(in, places[i]) != 0)
			continue;
		*out = (struct openapi_parameter){.place = (enum openapi_place)i, .name = name, .raw = object};
		out->required = i == OPENAPI_PATH || json_is_true(json_object_get(object, "required"));
		read_style(d, object, out);
		if (i == OPENAPI_HEADER && (is_clients(name) || strpbrk(name, ": \t\r\n")))
			return false;
		return i != OPENAPI_COOKIE || !strpbrk(name, "=;, \t\r\n");
	}
	return false;
}

json_t *openapi_parameter_values(struct openapi_document *d, const struct openapi_parameter *p, size_t max,
				 size_t *given)
{
	CLEANUP_OPENAPI_PATH struct openapi_path path = {0};
	json_auto_t *flat = openapi_schema_flat(d, p->schema, &path);
	json_auto_t *of_schema = flat ? openapi_schema_given(flat, max) : json_array();
	json_t *all = openapi_document_examples(d, p->raw), *one;
	size_t i;
	/* of a list, the values that its items may have */
	if (!json_array_size(all) && !json_array_size(of_schema) && flat &&
	    strcmp(openapi_schema_type(flat), "array") == 0) {
		json_auto_t *item = openapi_schema_flat(d, json_object_get(flat, "items"), &path);
		json_auto_t *of_item = item ? openapi_schema_given(item, max) : NULL;
		json_array_foreach (of_item, i, one)
			json_array_append_new(of_schema, json_is_array(one) ? json_incref(one) : json_pack("[O]", one));
	}
	json_array_foreach (of_schema, i, one) {
		size_t k;
		json_t *before;
		bool known = false;
		json_array_foreach (all, k, before)
			known |= json_equal(before, one);
		if (!known)
			json_array_append(all, one);
	}
	while (json_array_size(all) > max)
		json_array_remove(all, json_array_size(all) - 1);
	*given = json_array_size(all);
	json_t *made = *given ? NULL : p->schema ? openapi_value(d, p->schema, p->name) : json_string("1");
	if (made)
		json_array_append_new(all, made);
	return all;
}
