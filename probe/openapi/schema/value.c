#include "probe/openapi/schema/value.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "probe/openapi/schema/text.h"

#define DEPTH_MAX 12
#define VALUES_MAX 2000               /* in one */
#define ITEMS_MAX 16                  /* of a list; minItems is not followed beyond that */
#define PATTERN_STEP 8                /* bytes of a pattern that are read in one step */
#define NUMBER_MAX 9007199254740992.0 /* integers up to here are exact */

struct making {
	struct openapi_document *document;
	struct openapi_path path;
	unsigned depth, left;
};

static json_t *make(struct making *m, json_t *schema, const char *name);

/* ---- numbers ---- */

/* The next whole number at or below v, which is one that int64_t holds. */
static double whole_below(double v)
{
	const double cut = (double)(int64_t)v;
	return cut > v ? cut - 1 : cut;
}

static double within(double low, double v, double high)
{
	return v > high ? high : v < low || v != v ? low : v;
}

static double bound(const json_t *flat, const char *key, double none)
{
	json_t *v = json_object_get(flat, key);
	return json_is_number(v) ? within(-NUMBER_MAX, json_number_value(v), NUMBER_MAX) : none;
}

/* exclusiveMinimum is a number, or true beside minimum. */
static double limit(const json_t *flat, const char *key, const char *exclusive, double step, double none)
{
	const double inner = bound(flat, exclusive, NAN);
	if (!isnan(inner))
		return inner + step;
	return bound(flat, key, none) + (json_is_true(json_object_get(flat, exclusive)) ? step : 0);
}

static json_t *number(const json_t *flat, bool integer)
{
	const double fine = integer ? 1 : 0.5;
	const double low = limit(flat, "minimum", "exclusiveMinimum", fine, -NUMBER_MAX);
	const double high = limit(flat, "maximum", "exclusiveMaximum", -fine, NUMBER_MAX);
	const double unit = bound(flat, "multipleOf", 0);
	double v = integer ? 1 : 1.5;
	v = v > high ? (integer ? whole_below(high) : high) : v;
	v = v < low ? (integer ? -whole_below(-low) : low) : v;
	const double times = unit > 0 ? v / unit : NUMBER_MAX;
	if (times > -NUMBER_MAX && times < NUMBER_MAX) {
		const double up = -whole_below(-times) * unit;
		v = up <= high ? up : whole_below(times) * unit;
	}
	v = within(-NUMBER_MAX, v, NUMBER_MAX);
	return integer ? json_integer((json_int_t)v) : json_real(v);
}

/* ---- lists ---- */

/* The nth item of a list whose items are all different, if it can be told from the first. */
static json_t *differing(json_t *first, size_t n)
{
	if (json_is_integer(first))
		return json_integer(json_integer_value(first) + (json_int_t)n);
	if (!json_is_string(first))
		return NULL;
	CLEANUP_FREE char *text = mem_printf("%s%zu", json_string_value(first), n + 1);
	return json_string(text);
}

static json_t *list(struct making *m, const json_t *flat, const char *name)
{
	json_t *items = json_object_get(flat, "items"), *prefix = json_object_get(flat, "prefixItems"), *one, *out;
	const double least = bound(flat, "minItems", 0), most = bound(flat, "maxItems", ITEMS_MAX);
	size_t i, n = least > ITEMS_MAX ? ITEMS_MAX : least > 1 ? (size_t)least : 1;
	out = json_array();
	json_array_foreach (prefix, i, one) {
		json_t *v = i < ITEMS_MAX ? make(m, one, name) : NULL;
		if (i >= ITEMS_MAX)
			break;
		json_array_append_new(out, v ? v : json_null());
	}
	if ((prefix && !least) || most < 1 || json_is_false(items))
		return out;
	const bool distinct = json_is_true(json_object_get(flat, "uniqueItems"));
	while (json_array_size(out) < n) {
		json_t *v = NULL;
		if (items && distinct && json_array_size(out) > json_array_size(prefix))
			v = differing(json_array_get(out, json_array_size(prefix)), json_array_size(out));
		if (!v)
			v = items ? make(m, items, name) : json_string("string");
		if (!v)
			break; /* it lies in itself */
		json_array_append_new(out, v);
	}
	return out;
}

/* ---- objects ---- */

static bool is_required(const json_t *flat, const char *name)
{
	size_t i;
	json_t *one;
	json_array_foreach (json_object_get(flat, "required"), i, one)
		if (json_is_string(one) && strcmp(json_string_value(one), name) == 0)
			return true;
	return false;
}

static bool is_read_only(struct making *m, json_t *schema)
{
	return json_is_true(json_object_get(schema, "readOnly")) ||
	       json_is_true(json_object_get(openapi_document_resolve(m->document, schema), "readOnly"));
}

static json_t *object(struct making *m, const json_t *flat)
{
	json_t *properties = json_object_get(flat, "properties"), *schema, *out = json_object();
	json_t *others = json_object_get(flat, "additionalProperties");
	const char *name;
	json_object_foreach (properties, name, schema) {
		if (m->left == 0)
			break;
		if (is_read_only(m, schema))
			continue;
		json_t *v = make(m, schema, name);
		if (v)
			json_object_set_new(out, name, v);
		else if (openapi_document_spend(m->document, json_array_size(json_object_get(flat, "required"))) &&
			 is_required(flat, name))
			json_object_set_new(out, name, json_null());
	}
	if (json_object_size(out) == 0 && json_is_object(others)) {
		json_t *v = make(m, others, NULL);
		if (v)
			json_object_set_new(out, "key", v);
	}
	return out;
}

/* ---- any ---- */

static json_t *by_type(struct making *m, const json_t *flat, const char *name)
{
	const char *type = openapi_schema_type(flat);
	if (strcmp(type, "object") == 0)
		return object(m, flat);
	if (strcmp(type, "array") == 0)
		return list(m, flat, name);
	if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
		return number(flat, *type == 'i');
	if (strcmp(type, "boolean") == 0)
		return json_true();
	if (strcmp(type, "null") == 0)
		return json_null();
	if (!openapi_document_spend(m->document, json_string_length(json_object_get(flat, "pattern")) / PATTERN_STEP))
		return NULL;
	CLEANUP_FREE char *text = openapi_text_make(flat, name);
	return json_string(text);
}

static json_t *make(struct making *m, json_t *schema, const char *name)
{
	if (m->depth >= DEPTH_MAX || m->left == 0)
		return NULL;
	m->left--;
	m->depth++;
	const size_t before = m->path.count;
	json_auto_t *flat = openapi_schema_flat(m->document, schema, &m->path);
	json_auto_t *given = flat ? openapi_schema_given(flat, 1) : NULL;
	json_t *out = NULL;
	if (json_array_size(given))
		out = json_incref(json_array_get(given, 0));
	else if (flat)
		out = by_type(m, flat, name);
	m->path.count = before;
	m->depth--;
	return out;
}

json_t *openapi_value(struct openapi_document *d, json_t *schema, const char *name)
{
	struct making m = {.document = d, .left = VALUES_MAX};
	json_t *out = make(&m, schema, name);
	openapi_path_done(&m.path);
	return out;
}
