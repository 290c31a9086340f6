/* The body of a request of a probe file. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "probe/script/generate.h"
#include "probe/script/headers.h"
#include "probe/file/probe_file_parts.h"
#include "text/base64.h"

/* ---- json ---- */

/* A copy of v with the environment in its strings. */
static int expand_json(const struct probe_fields *f, const json_t *container, const json_t *v, json_t **out,
		       struct err *err)
{
	const char *key;
	size_t i;
	json_t *member, *copy = NULL;
	int e = 0;
	if (json_is_string(v)) {
		CLEANUP_BUF struct buf text = {0};
		if ((e = probe_fields_expand(f, container, "json", json_string_value(v), &text, err)) < 0)
			return e;
		if (!(*out = json_stringn(text.data, text.len)))
			return probe_fields_fail(f, container, "json", err,
						 "the environment has text that is not UTF-8");
		return 0;
	}
	json_t *all = json_is_object(v) ? json_object() : json_is_array(v) ? json_array() : json_deep_copy(v);
	json_array_foreach (v, i, member)
		if (e == 0 && (e = expand_json(f, container, member, &copy, err)) == 0)
			json_array_append_new(all, copy);
	json_object_foreach ((json_t *)(uintptr_t)v, key, member)
		if (e == 0 && (e = expand_json(f, container, member, &copy, err)) == 0)
			json_object_set_new(all, key, copy);
	if (e < 0)
		json_decref(all);
	else
		*out = all;
	return e;
}

static int read_json(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	json_auto_t *v = NULL;
	int e = expand_json(f, object, json_object_get(object, "json"), &v, err);
	if (e < 0)
		return e;
	char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	if (!text)
		abort(); /* out of memory: nothing in the tree can't be written */
	buf_str(&r->body, text);
	free(text);
	probe_headers_default(r, "Content-Type", "application/json");
	return 0;
}

/* ---- form ---- */

static int add_pair(const struct probe_fields *f, const json_t *container, const char *name, const json_t *v,
		    struct buf *out, struct err *err)
{
	CLEANUP_FREE char *value = NULL;
	int e = probe_fields_value(f, container, name, v, &value, err);
	if (e < 0)
		return e;
	if (out->len)
		buf_char(out, '&');
	probe_fields_percent(out, name);
	buf_char(out, '=');
	probe_fields_percent(out, value);
	return 0;
}

int probe_file_pairs(const struct probe_fields *f, const json_t *object, const char *key, struct buf *out,
		     struct err *err)
{
	json_t *pairs = NULL, *v, *one;
	const char *name;
	size_t i;
	int e = probe_fields_get_object(f, object, key, &pairs, err);
	buf_append(out, "", 0);
	json_object_foreach (pairs, name, v) {
		if (!json_is_array(v) && e == 0)
			e = add_pair(f, pairs, name, v, out, err);
		else
			json_array_foreach (v, i, one)
				if (e == 0)
					e = add_pair(f, pairs, name, one, out, err);
	}
	return e;
}

static int read_form(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	probe_headers_default(r, "Content-Type", "application/x-www-form-urlencoded");
	return probe_file_pairs(f, object, "form", &r->body, err);
}

/* ---- multipart ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Read the data of the part: a file, a generated body or text. */
static int part_data(const struct probe_fields *f, const json_t *part, const char *path, const char *generate,
		     const char *text, const char **type, const char **file_name, struct buf *out, struct err *err)
{
	const struct probe_generated *g = generate ? probe_generate(generate) : NULL;
	if (!!path + !!generate + !!text != 1)
		return probe_fields_fail(f, part, NULL, err, "a part has one of file, generate and text");
	if (generate && !g)
		return probe_fields_fail(f, part, "generate", err,
					 "\"generate\" is text, json, image, png, jpeg or gif, not \"%.60s\"",
					 generate);
	if (text) {
		buf_str(out, text);
		return 0;
	}
	*type = g ? g->type : "application/octet-stream";
	*file_name = g ? g->file_name : base_name(path);
	if (g) {
		buf_append(out, g->data, g->n);
		return 0;
	}
	CLEANUP_BUF struct buf file = {0};
	int e = probe_fields_file(f, part, "file", path, &file, err);
	probe_fields_literal(out, file.data, file.len);
	return e;
}

static int add_part(const struct probe_fields *f, const json_t *container, const char *name, const json_t *v,
		    struct probe_request *r, struct err *err)
{
	static const char *const allowed[] = {"file", "generate", "text", "file_name", "type", NULL};
	CLEANUP_FREE char *path = NULL, *generate = NULL, *text = NULL, *file_name = NULL, *type = NULL;
	const char *usual_type = NULL, *usual_name = NULL;
	CLEANUP_BUF struct buf data = {0};
	int e;
	if (!json_is_object(v)) {
		if ((e = probe_fields_value(f, container, name, v, &text, err)) < 0)
			return e;
		buf_str(&probe_request_part(r, name, NULL, NULL)->data, text);
		return 0;
	}
	if ((e = probe_fields_known(f, v, "a part", allowed, err)) < 0 ||
	    (e = probe_fields_get_text(f, v, "file", &path, err)) < 0 ||
	    (e = probe_fields_get_text(f, v, "generate", &generate, err)) < 0 ||
	    (e = probe_fields_get_text(f, v, "text", &text, err)) < 0 ||
	    (e = probe_fields_get_text(f, v, "file_name", &file_name, err)) < 0 ||
	    (e = probe_fields_get_text(f, v, "type", &type, err)) < 0 ||
	    (e = part_data(f, v, path, generate, text, &usual_type, &usual_name, &data, err)) < 0)
		return e;
	struct probe_part *part =
	    probe_request_part(r, name, file_name ? file_name : usual_name, type ? type : usual_type);
	part->data = data;
	data = (struct buf){0};
	return 0;
}

static int read_multipart(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	json_t *parts = NULL, *v, *one;
	const char *name;
	size_t i;
	int e = probe_fields_get_object(f, object, "multipart", &parts, err);
	json_object_foreach (parts, name, v) {
		if (!json_is_array(v) && e == 0)
			e = add_part(f, parts, name, v, r, err);
		else
			json_array_foreach (v, i, one)
				if (e == 0)
					e = add_part(f, parts, name, one, r, err);
	}
	if (e == 0 && !r->n_parts)
		e = probe_fields_fail(f, object, "multipart", err, "\"multipart\" has no part");
	return e;
}

/* ---- bytes ---- */

static int read_text(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	int e = probe_fields_get_text(f, object, "body", &text, err);
	buf_str(&r->body, text ? text : "");
	return e;
}

static int read_file(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	CLEANUP_FREE char *path = NULL;
	CLEANUP_BUF struct buf file = {0};
	int e = probe_fields_get_text(f, object, "body_file", &path, err);
	if (e == 0)
		e = probe_fields_file(f, object, "body_file", path ? path : "", &file, err);
	probe_fields_literal(&r->body, file.data, file.len);
	return e;
}

static int read_base64(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_BUF struct buf data = {0};
	int e = probe_fields_get_text(f, object, "body_base64", &text, err);
	if (e == 0 && text && base64_decode(text, strlen(text), &data) < 0)
		e = probe_fields_fail(f, object, "body_base64", err, "\"body_base64\" is not base64");
	probe_fields_literal(&r->body, data.data, data.len);
	return e;
}

static int read_generated(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	CLEANUP_FREE char *name = NULL;
	int e = probe_fields_get_text(f, object, "body_generate", &name, err);
	if (e < 0)
		return e;
	const struct probe_generated *g = probe_generate(name ? name : "");
	if (!g)
		return probe_fields_fail(f, object, "body_generate", err,
					 "\"body_generate\" is text, json, image, png, jpeg or gif");
	buf_append(&r->body, g->data, g->n);
	probe_headers_default(r, "Content-Type", g->type);
	return 0;
}

int probe_file_body(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	static const struct {
		const char *key;
		int (*read)(const struct probe_fields *f, const json_t *object, struct probe_request *r,
			    struct err *err);
	} kinds[] = {{"body", read_text},
		     {"json", read_json},
		     {"form", read_form},
		     {"multipart", read_multipart},
		     {"body_file", read_file},
		     {"body_base64", read_base64},
		     {"body_generate", read_generated}};
	const char *first = NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!json_object_get(object, kinds[i].key))
			continue;
		if (first)
			return probe_fields_fail(f, object, kinds[i].key, err,
						 "a request has \"%s\" or \"%s\", not both", first, kinds[i].key);
		first = kinds[i].key;
		int e = kinds[i].read(f, object, r, err);
		if (e < 0)
			return e;
		r->has_body = !r->n_parts;
	}
	return 0;
}
