#include "probe/openapi/style.h"

#include <string.h>

#include "base/mem.h"
#include "probe/openapi/schema/encode.h"

#define RESERVED ":/?@!$'()*,;" /* that have no meaning in a query, beside those that separate its parts */
#define DEPTH_MAX 8

/* One value, encoded as its place wants it. */
static void put(const struct openapi_parameter *p, const json_t *value, struct buf *out)
{
	CLEANUP_FREE char *text = openapi_text(value);
	if (p->place == OPENAPI_HEADER)
		openapi_literal(text, strlen(text), out);
	else
		openapi_encode(text, p->reserved && p->place == OPENAPI_QUERY ? RESERVED : "", out);
}

static void put_name(const char *name, struct buf *out)
{
	openapi_encode(name, "", out);
	buf_char(out, '=');
}

/* What separates the values of a list. */
static const char *between(const struct openapi_parameter *p)
{
	switch (p->style) {
	case OPENAPI_LABEL:
		return p->explode ? "." : ",";
	case OPENAPI_MATRIX:
		return p->explode ? ";" : ",";
	case OPENAPI_SPACES:
		return "%20";
	case OPENAPI_TABS:
		return "%09";
	case OPENAPI_PIPES:
		return "%7C";
	default:
		return p->explode && p->place == OPENAPI_QUERY ? "&" : ",";
	}
}

/* Whether each value has a name before it: "a=1&a=2". */
static bool repeats_name(const struct openapi_parameter *p)
{
	return p->explode && (p->place == OPENAPI_QUERY || p->style == OPENAPI_MATRIX);
}

static void put_list(const struct openapi_parameter *p, const json_t *list, struct buf *out)
{
	size_t i;
	json_t *one;
	json_array_foreach (list, i, one) {
		buf_str(out, i ? between(p) : "");
		if (repeats_name(p))
			put_name(p->name, out);
		put(p, one, out);
	}
}

static void put_object(const struct openapi_parameter *p, json_t *object, struct buf *out)
{
	const char *key;
	json_t *one;
	size_t n = 0;
	json_object_foreach (object, key, one) {
		if (n++)
			buf_str(out, p->style == OPENAPI_DEEP ? "&" : between(p));
		if (p->style == OPENAPI_DEEP) {
			openapi_encode(p->name, "", out);
			buf_str(out, "%5B");
			openapi_encode(key, "", out);
			buf_str(out, "%5D=");
		} else if (p->place == OPENAPI_HEADER) {
			openapi_literal(key, strlen(key), out);
			buf_char(out, p->explode ? '=' : ',');
		} else {
			openapi_encode(key, "", out);
			buf_str(out, p->explode ? "=" : between(p));
		}
		put(p, one, out);
	}
}

void openapi_style_write(const struct openapi_parameter *p, json_t *value, struct buf *out)
{
	const bool json = p->style == OPENAPI_JSON, list = json_is_array(value) && !json;
	const bool object = json_is_object(value) && !json;
	if (p->style == OPENAPI_LABEL)
		buf_char(out, '.');
	if (p->style == OPENAPI_MATRIX)
		buf_char(out, ';');
	/* an exploded object has its own names, and so has each value of an exploded list */
	const bool named = p->place == OPENAPI_QUERY
			       ? !((list || object) && p->explode) && !(object && p->style == OPENAPI_DEEP)
			       : p->style == OPENAPI_MATRIX && !((list || object) && p->explode);
	if (named)
		put_name(p->name, out);
	if (list)
		put_list(p, value, out);
	else if (object)
		put_object(p, value, out);
	else if (json) {
		struct buf text = {0};
		openapi_json(value, &text);
		json_auto_t *whole = json_stringn(text.data ? text.data : "", text.len);
		put(p, whole, out);
		buf_done(&text);
	} else
		put(p, value, out);
}

/* ---- forms ---- */

static void put_field(const char *name, json_t *value, unsigned depth, struct buf *out)
{
	const char *key;
	json_t *one;
	size_t i;
	if (json_is_object(value) && depth < DEPTH_MAX) {
		json_object_foreach (value, key, one) {
			CLEANUP_FREE char *inner = *name ? mem_printf("%s[%s]", name, key) : mem_strdup(key);
			put_field(inner, one, depth + 1, out);
		}
		return;
	}
	if (json_is_array(value) && depth < DEPTH_MAX) {
		json_array_foreach (value, i, one) {
			CLEANUP_FREE char *inner =
			    json_is_object(one) ? mem_printf("%s[%zu]", name, i) : mem_strdup(name);
			put_field(inner, one, depth + 1, out);
		}
		return;
	}
	CLEANUP_FREE char *text = openapi_text(value);
	buf_str(out, out->len ? "&" : "");
	openapi_encode(name, "", out);
	buf_char(out, '=');
	openapi_encode(text, "", out);
}

void openapi_style_write_form(json_t *object, struct buf *out)
{
	put_field("", object, 0, out);
}
