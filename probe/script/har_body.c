#include "probe/script/har_body.h"

#include <string.h>
#include <strings.h>

#include "probe/script/fields.h"
#include "probe/script/headers.h"
#include "text/base64.h"

static const char *member(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static bool begins_with(const char *s, const char *start)
{
	return strncasecmp(s, start, strlen(start)) == 0;
}

/* The parameters of a form, where a recorder left the text out. */
static void add_pairs(const json_t *params, struct probe_request *r)
{
	size_t i;
	json_t *p;
	CLEANUP_BUF struct buf raw = {0};
	json_array_foreach (params, i, p) {
		const char *const halves[] = {member(p, "name"), member(p, "value")};
		for (size_t half = 0; half < 2; half++) {
			if (half || r->body.len)
				buf_char(&r->body, half ? '=' : '&');
			raw.len = 0;
			probe_fields_literal(&raw, halves[half], strlen(halves[half]));
			probe_fields_percent(&r->body, raw.data);
		}
	}
	r->has_body = true;
}

/* The content of a file is seldom recorded: its part is empty then. */
static void add_parts(const json_t *params, struct probe_request *r)
{
	size_t i;
	json_t *p;
	json_array_foreach (params, i, p) {
		const char *file = member(p, "fileName"), *type = member(p, "contentType"), *value = member(p, "value");
		struct probe_part *part =
		    probe_request_part(r, member(p, "name"), *file ? file : NULL, *type ? type : NULL);
		probe_fields_literal(&part->data, value, strlen(value));
	}
	probe_headers_remove(r, "Content-Type"); /* its boundary is the recording's */
}

const char *probe_har_body(const json_t *post_data, struct probe_request *r)
{
	const json_t *params = json_object_get(post_data, "params");
	const char *type = member(post_data, "mimeType"), *text = member(post_data, "text");
	if (!json_is_object(post_data))
		return NULL;
	if (!*text && json_array_size(params) && begins_with(type, "multipart/form-data")) {
		add_parts(params, r);
		return NULL;
	}
	if (*type)
		probe_headers_default(r, "Content-Type", type);
	if (!*text && json_array_size(params)) {
		add_pairs(params, r);
		return NULL;
	}
	CLEANUP_BUF struct buf bytes = {0};
	const bool encoded = strcmp(member(post_data, "encoding"), "base64") == 0;
	if (encoded && base64_decode(text, strlen(text), &bytes) < 0)
		return "its body is not base64";
	if (!encoded)
		buf_append(&bytes, text, strlen(text));
	probe_fields_literal(&r->body, bytes.data, bytes.len);
	r->has_body = true;
	return NULL;
}
