#include "text/json_array.h"

#include <string.h>

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

/* Returns the place behind the string that begins at p, or end if the string is not closed. */
static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p < end ? p + 1 : end;
}

/* Behind the bracket that closes the one at p; end if none does. */
static const char *skip_nested(const char *p, const char *end)
{
	for (size_t depth = 0; p < end;) {
		if (*p == '"') {
			p = skip_string(p, end);
			continue;
		}
		depth += *p == '[' || *p == '{';
		depth -= *p == ']' || *p == '}';
		p++;
		if (!depth)
			return p;
	}
	return end;
}

struct json_array_text json_array_find(const char *data, size_t n, const char *key)
{
	const char *end = data + n, *p = skip_space(data, end);
	const size_t len = strlen(key);
	if (p < end && *p == '{')
		p++;
	while (p < end) {
		if (*p != '"') {
			p = *p == '[' || *p == '{' ? skip_nested(p, end) : p + 1;
			continue;
		}
		const char *name = p + 1;
		p = skip_string(p, end);
		bool hit = (size_t)(p - name) == len + 1 && memcmp(name, key, len) == 0;
		p = skip_space(p, end);
		if (!hit || p == end || *p != ':' || (p = skip_space(p + 1, end)) == end || *p != '[')
			continue;
		const char *after = skip_nested(p, end);
		if (after[-1] == ']' && after - p >= 2)
			return (struct json_array_text){p + 1, (size_t)(after - p) - 2};
	}
	return (struct json_array_text){0};
}

static int malformed(const char *what, size_t i, const char *text, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "json-malformed", "%s is not valid JSON: element %zu of its array: %s", what,
		       i, text);
}

int json_array_read(const struct json_array_text *a, const char *what, json_array_each *each, void *ctx,
		    struct err *err)
{
	const char *end = a->data + a->n, *p = skip_space(a->data, end);
	for (size_t i = 0; p < end; i++) {
		json_error_t e;
		json_auto_t *v = json_loadb(p, (size_t)(end - p),
					    JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, &e);
		if (!v)
			return malformed(what, i, e.text, err);
		p = skip_space(p + e.position, end);
		if (p < end && (*p != ',' || (p = skip_space(p + 1, end)) == end))
			return malformed(what, i, "',' and another element expected", err);
		int r = each(ctx, i, v, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int json_array_parse_rest(const char *data, size_t n, const struct json_array_text *a, size_t max, const char *what,
			  json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf rest = {0};
	if (!a->data)
		return json_parse_object(data, n, max, what, out, err);
	if (n > max)
		return err_set(err, ERR_LIMIT, "input-too-large", "%s is larger than %zu bytes", what, max);
	size_t before = (size_t)(a->data - data);
	buf_append(&rest, data, before);
	buf_append(&rest, a->data + a->n, n - before - a->n);
	return json_parse_object(rest.data, rest.len, max, what, out, err);
}
