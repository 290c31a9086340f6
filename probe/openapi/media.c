#include "probe/openapi/media.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define MEDIA_MAX 8    /* of one operation */
#define FIELDS_MAX 200 /* of one form */

/* Which come first: those that hold most of what an application does with a body. */
static int rank(const char *type)
{
	static const char *const order[] = {"application/json", "multipart/form-data",
					    "application/x-www-form-urlencoded"};
	for (int i = 0; i < 3; i++)
		if (strncasecmp(type, order[i], strlen(order[i])) == 0)
			return i;
	return strcasestr(type, "json") ? 3 : 4;
}

/* Takes schema and examples over. */
static void add(struct openapi_body *b, const char *type, json_t *schema, json_t *examples, json_t *encoding)
{
	if (b->count >= MEDIA_MAX || strpbrk(type, "\r\n")) {
		json_decref(schema);
		json_decref(examples);
		return;
	}
	b->media = mem_realloc(b->media, b->count + 1, sizeof(*b->media));
	size_t at = b->count++;
	for (; at > 0 && rank(b->media[at - 1].type) > rank(type); at--)
		b->media[at] = b->media[at - 1];
	b->media[at] = (struct openapi_media){type, schema, examples, encoding};
}

static void read_content(struct openapi_document *d, json_t *object, struct openapi_body *b)
{
	json_t *body = openapi_document_member(d, object, "requestBody"), *media;
	const char *type;
	json_object_foreach (json_object_get(body, "content"), type, media) {
		media = openapi_document_resolve(d, media);
		add(b, type, json_incref(json_object_get(media, "schema")), openapi_document_examples(d, media),
		    json_object_get(media, "encoding"));
	}
}

/* ---- Swagger 2.0 ---- */

/* A form parameter as a property of an object. */
static void add_field(json_t *form, json_t *parameter)
{
	const char *name = json_string_value(json_object_get(parameter, "name"));
	const char *type = json_string_value(json_object_get(parameter, "type"));
	json_t *schema = json_copy(parameter);
	if (!name) {
		json_decref(schema);
		return;
	}
	if (json_is_true(json_object_get(parameter, "required")))
		json_array_append_new(json_object_get(form, "required"), json_string(name));
	json_object_del(schema, "required"); /* of a schema it is a list */
	if (type && strcmp(type, "file") == 0) {
		json_object_set_new(schema, "type", json_string("string"));
		json_object_set_new(schema, "format", json_string("binary"));
		json_object_set_new(form, "files", json_true());
	}
	json_object_set_new(json_object_get(form, "properties"), name, schema);
}

static void add_forms(struct openapi_body *b, json_t *consumes, json_t *form)
{
	static const char multipart[] = "multipart/form-data", url[] = "application/x-www-form-urlencoded";
	const bool files = json_object_get(form, "files") != NULL;
	bool said[2] = {files, false};
	size_t i;
	json_t *one;
	json_array_foreach (consumes, i, one) {
		const char *type = json_string_value(one);
		said[0] |= type && strcasecmp(type, multipart) == 0;
		said[1] |= type && strcasecmp(type, url) == 0 && !files;
	}
	if (!said[0] && !said[1])
		said[1] = true;
	for (i = 0; i < 2; i++)
		if (said[i])
			add(b, i == 0 ? multipart : url, json_incref(form), json_array(), NULL);
}

static void read_swagger(struct openapi_document *d, json_t *object, json_t *item, struct openapi_body *b)
{
	json_t *consumes = json_object_get(object, "consumes"), *one, *type;
	json_auto_t *form = json_pack("{s:s,s:{},s:[]}", "type", "object", "properties", "required");
	json_t *const holders[] = {json_object_get(item, "parameters"), json_object_get(object, "parameters")};
	json_t *body = NULL;
	size_t fields = 0;
	if (!consumes)
		consumes = json_object_get(d->root, "consumes");
	for (size_t i = 0, k; i < 2; i++)
		json_array_foreach (holders[i], k, one) {
			if (fields == FIELDS_MAX || !openapi_document_spend(d, 1))
				break;
			one = openapi_document_resolve(d, one);
			const char *in = json_string_value(json_object_get(one, "in"));
			if (in && strcmp(in, "body") == 0)
				body = one;
			else if (in && strcmp(in, "formData") == 0 && ++fields)
				add_field(form, one);
		}
	if (json_object_size(json_object_get(form, "properties")))
		add_forms(b, consumes, form);
	if (!body)
		return;
	size_t i;
	json_array_foreach (consumes, i, type)
		if (json_is_string(type))
			add(b, json_string_value(type), json_incref(json_object_get(body, "schema")),
			    openapi_document_examples(d, body), NULL);
	if (!b->count)
		add(b, "application/json", json_incref(json_object_get(body, "schema")),
		    openapi_document_examples(d, body), NULL);
}

void openapi_body_read(struct openapi_document *d, json_t *object, json_t *item, struct openapi_body *out)
{
	if (d->swagger)
		read_swagger(d, object, item, out);
	else
		read_content(d, object, out);
}

void openapi_body_done(struct openapi_body *b)
{
	for (size_t i = 0; i < b->count; i++) {
		json_decref(b->media[i].schema);
		json_decref(b->media[i].examples);
	}
	free(b->media);
}
