/* What a probe file expects of an answer, and what it takes from it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "probe/file/probe_file_parts.h"

/* ---- expect ---- */

/* Add 200, 2xx, 200-204, or any for all of them. False if s has none of these forms. */
static bool add_status(struct probe_request *r, const char *s)
{
	int first, last, end = 0;
	if (strcmp(s, "any") == 0)
		return true;
	if (strlen(s) == 3 && s[0] >= '1' && s[0] <= '5' && strcasecmp(s + 1, "xx") == 0) {
		first = (s[0] - '0') * 100;
		last = first + 99;
	} else if (strlen(s) == 3 && strspn(s, "0123456789") == 3) {
		first = last = atoi(s);
	} else if (strlen(s) != 7 || sscanf(s, "%3d-%3d%n", &first, &last, &end) != 2 || end != 7) {
		return false;
	}
	probe_request_status(r, first, last);
	return true;
}

/* One, or several in an array. They replace those that were there. */
static int read_status(const struct probe_fields *f, const json_t *container, const char *key, const json_t *v,
		       struct probe_request *r, struct err *err)
{
	size_t n = json_is_array(v) ? json_array_size(v) : 1;
	free(r->statuses);
	r->statuses = NULL;
	r->n_statuses = 0;
	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf text = {0};
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
		if (!probe_fields_text(one, &text) || !add_status(r, text.data))
			return probe_fields_fail(f, container, key, err,
						 "a status is 200, 2xx, 200-204 or any, or several of these in []");
	}
	return 0;
}

/* The pattern that a value stands for: a string is one, any other scalar is the whole value. */
static int add_check(const struct probe_fields *f, const json_t *container, const char *key, struct probe_request *r,
		     enum probe_check_of of, const char *where, const json_t *v, bool fails, struct err *err)
{
	CLEANUP_BUF struct buf text = {0}, pattern = {0};
	if (!probe_fields_text(v, &text))
		return probe_fields_fail(f, container, key, err, "\"%.60s\" is a regular expression, or several in []",
					 key);
	if (json_is_string(v)) {
		buf_str(&pattern, text.data);
	} else {
		buf_char(&pattern, '^');
		for (const char *p = text.data; *p; p++)
			buf_printf(&pattern, strchr(".+", *p) ? "[%c]" : "%c", *p);
		buf_char(&pattern, '$');
	}
	probe_request_check(r, of, where, pattern.data, fails);
	return 0;
}

/* One pattern, or an array of them. */
static int add_checks(const struct probe_fields *f, const json_t *container, const char *key, struct probe_request *r,
		      enum probe_check_of of, const char *where, bool fails, struct err *err)
{
	const json_t *v = json_object_get(container, key);
	size_t i;
	json_t *one;
	int e = 0;
	if (!json_is_array(v))
		return add_check(f, container, key, r, of, where, v, fails, err);
	json_array_foreach (v, i, one)
		if (e == 0)
			e = add_check(f, container, key, r, of, where, one, fails, err);
	return e;
}

/* {PLACE: PATTERN} */
static int add_places(const struct probe_fields *f, const json_t *expect, const char *key, struct probe_request *r,
		      enum probe_check_of of, bool fails, struct err *err)
{
	json_t *places = NULL, *v;
	const char *where;
	int e = probe_fields_get_object(f, expect, key, &places, err);
	json_object_foreach (places, where, v)
		if (e == 0)
			e = add_checks(f, places, where, r, of, where, fails, err);
	return e;
}

static int read_checks(const struct probe_fields *f, const json_t *expect, struct probe_request *r, bool fails,
		       struct err *err)
{
	int e = 0;
	if (json_object_get(expect, "body"))
		e = add_checks(f, expect, "body", r, PROBE_CHECK_BODY, NULL, fails, err);
	if (e == 0)
		e = add_places(f, expect, "json", r, PROBE_CHECK_JSON, fails, err);
	return e < 0 ? e : add_places(f, expect, "headers", r, PROBE_CHECK_HEADER, fails, err);
}

int probe_file_expect(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	static const char *const allowed[] = {"status", "body", "json", "headers", "not", NULL}, *const refused[] = {
												     "body", "json",
												     "headers", NULL};
	json_t *expect = json_object_get(object, "expect"), *not = NULL, *status;
	int e;
	if (!expect)
		return 0;
	if (!json_is_object(expect))
		return read_status(f, object, "expect", expect, r, err);
	if ((e = probe_fields_known(f, expect, "expect", allowed, err)) < 0)
		return e;
	if ((status = json_object_get(expect, "status")) && (e = read_status(f, expect, "status", status, r, err)) < 0)
		return e;
	if ((e = read_checks(f, expect, r, false, err)) < 0 ||
	    (e = probe_fields_get_object(f, expect, "not", &not, err)) < 0 || !not )
		return e;
	e = probe_fields_known(f, not, "not", refused, err);
	return e < 0 ? e : read_checks(f, not, r, true, err);
}

/* ---- capture ---- */

static const struct {
	const char *key;
	enum probe_capture_from from;
} sources[] = {{"json", PROBE_CAPTURE_JSON},
	       {"regex", PROBE_CAPTURE_REGEX},
	       {"header", PROBE_CAPTURE_HEADER},
	       {"form", PROBE_CAPTURE_FORM},
	       {"segment", PROBE_CAPTURE_SEGMENT}};

/* NAME: /POINTER or NAME: {SOURCE: WHERE} */
static int add_capture(const struct probe_fields *f, const json_t *captures, const char *name, const json_t *v,
		       struct probe_request *r, struct err *err)
{
	static const char *const allowed[] = {"json", "regex", "header", "form", "segment", "optional", NULL};
	const char *pointer = json_string_value(v);
	if (pointer && *pointer == '/') {
		probe_request_capture(r, PROBE_CAPTURE_JSON, name, pointer);
		return 0;
	}
	if (!json_is_object(v))
		return probe_fields_fail(f, captures, name, err,
					 "\"%.60s\" is /a/json/pointer, or one of {json: /POINTER}, {regex: PATTERN}, "
					 "{header: NAME}, {segment: NAME} and {form: FIELD}",
					 name);
	int e = probe_fields_known(f, v, "a capture", allowed, err);
	size_t before = r->n_captures;
	for (size_t i = 0; e == 0 && i < sizeof(sources) / sizeof(*sources); i++) {
		const json_t *w = json_object_get(v, sources[i].key);
		if (!w)
			continue;
		if (!json_is_string(w))
			return probe_fields_fail(f, v, sources[i].key, err, "\"%s\" is not a string", sources[i].key);
		probe_request_capture(r, sources[i].from, name, json_string_value(w));
	}
	if (e == 0 && r->n_captures == before + 1)
		return probe_fields_get_bool(f, v, "optional", &r->captures[before].optional, err);
	if (e == 0)
		e = probe_fields_fail(f, captures, name, err,
				      "\"%.60s\" has %s of json, regex, header, segment and form", name,
				      r->n_captures == before ? "none" : "more than one");
	return e;
}

int probe_file_capture(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	json_t *captures = NULL, *v;
	const char *name;
	int e = probe_fields_get_object(f, object, "capture", &captures, err);
	json_object_foreach (captures, name, v)
		if (e == 0)
			e = add_capture(f, captures, name, v, r, err);
	return e;
}
