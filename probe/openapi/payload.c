#include "probe/openapi/payload.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "probe/openapi/schema/encode.h"
#include "probe/openapi/style.h"
#include "probe/openapi/schema/value.h"

/* A picture of one transparent pixel, for services that look into what they get. */
static const char png[] = "\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00"
			  "\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x0b\x49\x44\x41\x54\x78\x9c\x63\x60\x00"
			  "\x02\x00\x00\x05\x00\x01\x7a\x5e\xab\x3f\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";
static const char gif[] = "GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

/* Bytes of files. */
static const struct file {
	const char *type, *name, *data;
	size_t n;
} files[] = {
    {"text/plain", "file.txt", "slim\n", 5},         {"image/png", "file.png", png, sizeof(png) - 1},
    {"image/gif", "file.gif", gif, sizeof(gif) - 1}, {"text/csv", "file.csv", "id,name\n1,slim\n", 15},
    {"application/json", "file.json", "{}", 2},
};

static bool begins(const char *type, const char *with)
{
	return strncasecmp(type, with, strlen(with)) == 0;
}

/* The file for a media type ("image/" followed by an asterisk for any picture), or else for a field of that name. */
static const struct file *file_for(const char *type, const char *field)
{
	static const char *const pictures[] = {"image", "picture", "photo",     "avatar",
					       "logo",  "icon",    "thumbnail", "banner"};
	for (size_t i = 0; type && i < sizeof(files) / sizeof(*files); i++)
		if (begins(type, files[i].type))
			return &files[i];
	if (type && begins(type, "image/"))
		return &files[1];
	for (size_t i = 0; field && i < sizeof(pictures) / sizeof(*pictures); i++)
		if (strcasestr(field, pictures[i]))
			return &files[1];
	return &files[0];
}

static void literal(const char *data, size_t n, struct probe_request *r)
{
	buf_str(&r->body, "");
	openapi_literal(data, n, &r->body);
	r->has_body = true;
}

static bool is_json(const char *type)
{
	return strcasestr(type, "json") || begins(type, "*/*") || begins(type, "application/*");
}

/* ---- multipart/form-data ---- */

static bool is_file(const json_t *flat)
{
	const char *format = json_string_value(json_object_get(flat, "format"));
	return (format && strcasecmp(format, "binary") == 0) || json_object_get(flat, "contentMediaType");
}

static void put_part(const char *name, const char *type, json_t *value, bool file, struct probe_request *r)
{
	CLEANUP_FREE char *text = openapi_text(value);
	const bool composed = json_is_object(value) || json_is_array(value);
	if (file) {
		const struct file *f = file_for(type, name);
		struct probe_part *part =
		    probe_request_part(r, name, f->name, type && !strchr(type, '*') ? type : f->type);
		openapi_literal(f->data, f->n, &part->data);
		return;
	}
	struct probe_part *part = probe_request_part(r, name, NULL, type ? type : composed ? "application/json" : NULL);
	buf_str(&part->data, "");
	openapi_literal(text, strlen(text), &part->data);
}

static bool fits_in_header(const char *s)
{
	return !s[strcspn(s, "\r\n\"")];
}

static void put_parts(struct openapi_document *d, const struct openapi_media *media, json_t *value,
		      struct probe_request *r)
{
	CLEANUP_OPENAPI_PATH struct openapi_path path = {0};
	json_auto_t *flat = openapi_schema_flat(d, media->schema, &path);
	json_t *properties = json_object_get(flat, "properties"), *one, *item;
	const char *name;
	json_object_foreach (value, name, one) {
		CLEANUP_OPENAPI_PATH struct openapi_path inner = {0};
		json_t *encoding = json_object_get(media->encoding, name);
		const char *type = json_string_value(json_object_get(encoding, "contentType"));
		json_auto_t *field = openapi_schema_flat(d, json_object_get(properties, name), &inner);
		CLEANUP_FREE char *first = type ? mem_strndup(type, strcspn(type, ",; ")) : NULL;
		if (!fits_in_header(name) || (first && !fits_in_header(first)))
			continue;
		if (!json_is_array(one)) {
			put_part(name, first, one, is_file(field), r);
			continue;
		}
		json_auto_t *items = openapi_schema_flat(d, json_object_get(field, "items"), &inner);
		size_t i;
		json_array_foreach (one, i, item)
			put_part(name, first, item, is_file(items), r);
	}
}

/* ---- all ---- */

json_t *openapi_payload_values(struct openapi_document *d, const struct openapi_media *media, size_t max)
{
	json_t *list = json_array(), *one;
	size_t i;
	json_array_foreach (media->examples, i, one)
		if (json_array_size(list) < max)
			json_array_append(list, one);
	if (json_array_size(list) || !max)
		return list;
	CLEANUP_OPENAPI_PATH struct openapi_path path = {0};
	json_auto_t *flat = media->schema ? openapi_schema_flat(d, media->schema, &path) : NULL;
	json_t *examples = json_object_get(flat, "examples");
	json_t *made = media->schema          ? openapi_value(d, media->schema, NULL)
		       : is_json(media->type) ? json_object()
					      : json_string("slim");
	if (made)
		json_array_append_new(list, made);
	for (i = 1; made && i < json_array_size(examples) && json_array_size(list) < max; i++)
		json_array_append(list, json_array_get(examples, i));
	return list;
}

/* Bytes, text, and what is given as text: XML, for one. */
static bool put_text(const char *type, json_t *value, struct probe_request *r)
{
	const struct file *f = file_for(type, NULL);
	const char *text = json_string_value(value);
	const bool picture =
	    begins(type, "image/") && (!text || strcmp(text, "slim") == 0 || strcmp(text, "string") == 0);
	if (picture) {
		literal(f->data, f->n, r);
		return true;
	}
	CLEANUP_FREE char *as_text = openapi_text(value);
	if (!text && !begins(type, "text/") && !begins(type, "application/octet-stream"))
		return false;
	literal(as_text, strlen(as_text), r);
	return true;
}

bool openapi_payload_write(struct openapi_document *d, const struct openapi_media *media, json_t *value,
			   struct probe_request *r)
{
	const char *type = media->type;
	CLEANUP_BUF struct buf text = {0};
	if (begins(type, "multipart/") && json_is_object(value)) {
		put_parts(d, media, value, r);
		return r->n_parts > 0; /* its Content-Type, with the boundary, is the sender's */
	}
	if (begins(type, "application/x-www-form-urlencoded") && json_is_object(value)) {
		openapi_style_write_form(value, &text);
		literal(text.data ? text.data : "", text.len, r);
	} else if (is_json(type)) {
		/* an example that is JSON already, as old documents have it */
		const char *said = json_string_value(value);
		if (said && (*said == '{' || *said == '['))
			buf_str(&text, said);
		else
			openapi_json(value, &text);
		literal(text.data, text.len, r);
	} else if (!put_text(type, value, r)) {
		return false;
	}
	const char *sent = !strchr(type, '*') ? type : is_json(type) ? "application/json" : file_for(type, NULL)->type;
	CLEANUP_BUF struct buf header = {0};
	buf_str(&header, "Content-Type: ");
	openapi_literal(sent, strlen(sent), &header);
	strlist_add(&r->headers, header.data);
	return true;
}
