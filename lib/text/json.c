#include "text/json.h"

#include <string.h>

int json_parse_object(const char *data, size_t n, size_t max, const char *what, json_t **out, struct err *err)
{
	if (n > max)
		return err_set(err, ERR_LIMIT, "input-too-large", "%s is larger than %zu bytes", what, max);
	json_error_t e;
	json_t *v = json_loadb(data, n, JSON_REJECT_DUPLICATES, &e);
	if (!v)
		return err_set(err, ERR_CORRUPT, "json-malformed", "%s is not valid JSON: line %d: %s", what, e.line,
			       e.text);
	if (!json_is_object(v)) {
		json_decref(v);
		return err_set(err, ERR_CORRUPT, "json-type-wrong", "%s is not a JSON object", what);
	}
	*out = v;
	return 0;
}

/* The member if it is there and not null; *r is the error for a required one that is missing. */
static json_t *member(const json_t *obj, const char *key, bool required, int *r, struct err *err)
{
	json_t *v = json_object_get(obj, key);
	*r = 0;
	if (v && !json_is_null(v))
		return v;
	if (required)
		*r = err_set(err, ERR_CORRUPT, "member-missing", "member \"%s\" is missing", key);
	return NULL;
}

static int wrong_type(const char *key, const char *want, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "json-type-wrong", "member \"%s\" is not %s", key, want);
}

int json_get_string(const json_t *obj, const char *key, bool required, const char **out, struct err *err)
{
	int r;
	json_t *v = member(obj, key, required, &r, err);
	if (!v)
		return r;
	if (!json_is_string(v))
		return wrong_type(key, "a string", err);
	*out = json_string_value(v);
	return 0;
}

int json_get_uint(const json_t *obj, const char *key, bool required, uint64_t *out, struct err *err)
{
	int r;
	json_t *v = member(obj, key, required, &r, err);
	if (!v)
		return r;
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return wrong_type(key, "a non-negative integer", err);
	*out = (uint64_t)json_integer_value(v);
	return 0;
}

int json_get_object(const json_t *obj, const char *key, bool required, json_t **out, struct err *err)
{
	int r;
	json_t *v = member(obj, key, required, &r, err);
	if (!v)
		return r;
	if (!json_is_object(v))
		return wrong_type(key, "an object", err);
	*out = v;
	return 0;
}

int json_get_array(const json_t *obj, const char *key, bool required, json_t **out, struct err *err)
{
	int r;
	json_t *v = member(obj, key, required, &r, err);
	if (!v)
		return r;
	if (!json_is_array(v))
		return wrong_type(key, "an array", err);
	*out = v;
	return 0;
}

int json_get_strlist(const json_t *obj, const char *key, bool required, struct strlist *out, struct err *err)
{
	json_t *a = NULL;
	int r = json_get_array(obj, key, required, &a, err);
	if (r < 0 || !a)
		return r;
	size_t i;
	json_t *v;
	json_array_foreach (a, i, v) {
		if (!json_is_string(v))
			return wrong_type(key, "an array of strings", err);
		strlist_add(out, json_string_value(v));
	}
	return 0;
}

json_t *json_bytes(const char *s, size_t n)
{
	json_t *v = json_stringn(s, n);
	if (v)
		return v;
	CLEANUP_BUF struct buf b = {0};
	buf_escape(&b, s, n);
	return json_stringn(b.data ? b.data : "", b.len);
}

static int to_buf(const char *data, size_t n, void *ctx)
{
	buf_append(ctx, data, n);
	return 0;
}

void json_write(const json_t *v, struct buf *out)
{
	json_dump_callback(v, to_buf, out, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
}

/* The UTF-8 sequence at s as JSON escapes it; returns its length. jansson wrote it, so it is valid. */
static size_t add_escape(const char *text, struct buf *out)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	unsigned c = len == 1 ? s[0] : s[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3f);
	if (c >= 0x10000) {
		buf_printf(out, "\\u%04X", 0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	buf_printf(out, "\\u%04X", c);
	return len;
}

/* Outside strings there are but ASCII and line feeds, and in them no line feeds. */
static void write_shown(const json_t *v, size_t flags, struct buf *out)
{
	CLEANUP_BUF struct buf raw = {0};
	json_dump_callback(v, to_buf, &raw, flags | JSON_ENCODE_ANY);
	for (size_t i = 0, from = 0; from < raw.len; from = i) {
		size_t n = 1;
		while (i < raw.len && (raw.data[i] == '\n' || (n = buf_printable(raw.data + i, raw.len - i)) > 0))
			i += raw.data[i] == '\n' ? 1 : n;
		buf_append(out, raw.data + from, i - from);
		if (i < raw.len)
			i += add_escape(raw.data + i, out);
	}
}

void json_write_shown(const json_t *v, struct buf *out)
{
	write_shown(v, JSON_COMPACT | JSON_SORT_KEYS, out);
}

static void add_line(struct buf *out, size_t depth)
{
	buf_char(out, '\n');
	for (size_t i = 0; i < depth; i++)
		buf_str(out, "  ");
}

static void add_indented(struct buf *out, size_t depth, const char *data, size_t n)
{
	for (size_t i = 0, len; i < n; i += len) { /* a line break is never part of a string */
		const char *line = memchr(data + i, '\n', n - i);
		len = line ? (size_t)(line - data) - i : n - i;
		buf_append(out, data + i, len);
		if (line) {
			add_line(out, depth);
			len++;
		}
	}
}

void json_list_add(struct json_list *l, const json_t *v)
{
	CLEANUP_BUF struct buf text = {0}, out = {0};
	buf_char(&out, l->count++ ? ',' : '[');
	add_line(&out, l->depth + 1);
	write_shown(v, JSON_INDENT(2), &text);
	add_indented(&out, l->depth + 1, text.data, text.len);
	packed_text_add(&l->text, out.data, out.len);
}

void json_list_end(struct json_list *l)
{
	CLEANUP_BUF struct buf out = {0};
	if (l->count)
		add_line(&out, l->depth);
	else
		buf_char(&out, '[');
	buf_char(&out, ']');
	packed_text_add(&l->text, out.data, out.len);
	packed_text_end(&l->text);
}

int json_list_write(const struct json_list *l, const char *key, buf_sink *sink, void *ctx, struct err *err)
{
	CLEANUP_BUF struct buf out = {0};
	buf_char(&out, ',');
	add_line(&out, l->depth);
	buf_printf(&out, "\"%s\": ", key);
	int r = sink(ctx, out.data, out.len, err);
	return r < 0 ? r : packed_text_read(&l->text, sink, ctx, err);
}

void json_list_done(struct json_list *l)
{
	packed_text_done(&l->text);
	*l = (struct json_list){0};
}

void json_write_pretty(const json_t *v, struct buf *out)
{
	write_shown(v, JSON_INDENT(2), out);
	buf_char(out, '\n');
}
