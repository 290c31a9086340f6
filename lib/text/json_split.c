#include "text/json_split.h"

#include <string.h>

#include "base/limits.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Whether c is part of a string, its quotes included. */
static bool follow_string(struct json_split *s, char c)
{
	if (!s->in_string)
		return s->in_string = c == '"';
	if (s->escaped)
		s->escaped = false;
	else if (c == '\\')
		s->escaped = true;
	else
		s->in_string = c != '"';
	return true;
}

static void follow_bracket(struct json_split *s, char c)
{
	if (c == '[' || c == '{')
		s->depth++;
	else if ((c == ']' || c == '}') && s->depth)
		s->depth--;
}

static int end_element(struct json_split *s, struct err *err)
{
	json_error_t e = {.text = "an element expected"};
	json_auto_t *v = s->element.len
			     ? json_loadb(s->element.data, s->element.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e)
			     : NULL;
	if (!v)
		return err_set(err, ERR_CORRUPT, "json-malformed", "%s is not valid JSON: element %zu of \"%s\": %s",
			       s->what, s->i, s->keys[s->list], e.text);
	const struct json_split_element element = {s->list, s->i++, s->element_at, s->element.data, s->element.len, v};
	s->element.len = 0;
	return s->each(s->ctx, &element, err);
}

static int take_of_list(struct json_split *s, char c, struct err *err)
{
	bool plain = !follow_string(s, c);
	if (plain && !s->depth && (c == ',' || c == ']')) {
		bool empty = c == ']' && !s->i && !s->element.len;
		s->in_list = c == ',';
		if (c == ']') {
			buf_char(&s->rest, c);
			s->depth = 1; /* of the document */
		}
		return empty ? 0 : end_element(s, err);
	}
	if (plain && is_space(c) && !s->element.len)
		return 0;
	if (plain)
		follow_bracket(s, c);
	if (!s->element.len)
		s->element_at = s->at;
	buf_char(&s->element, c);
	return 0;
}

static bool is_wanted(struct json_split *s)
{
	for (size_t i = 0; i < s->n_keys; i++)
		if (s->key.len == strlen(s->keys[i]) && memcmp(s->key.data, s->keys[i], s->key.len) == 0) {
			s->list = i;
			return true;
		}
	return false;
}

static void take_of_rest(struct json_split *s, char c)
{
	bool was_string = s->in_string, plain = !follow_string(s, c);
	buf_char(&s->rest, c);
	if (s->depth == 1 && !was_string && !plain) { /* a key or a value */
		s->state = JSON_SPLIT_KEY;
		s->key.len = 0;
	} else if (s->depth == 1 && was_string && s->in_string) {
		if (s->key.len <= LIMIT_NAME)
			buf_char(&s->key, c);
	} else if (s->depth == 1 && was_string) {
		s->state = JSON_SPLIT_COLON;
	} else if (s->depth == 1 && s->state == JSON_SPLIT_COLON && c == ':') {
		s->state = JSON_SPLIT_BEGIN;
	} else if (s->depth == 1 && s->state == JSON_SPLIT_BEGIN && c == '[' && is_wanted(s)) {
		s->state = JSON_SPLIT_VALUE;
		s->in_list = true;
		s->depth = s->i = 0;
	} else if (plain && !is_space(c)) {
		s->state = JSON_SPLIT_VALUE;
		follow_bracket(s, c);
	}
}

int json_split_add(struct json_split *s, const char *data, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++, s->at++) {
		int r = 0;
		if (s->in_list)
			r = take_of_list(s, data[i], err);
		else
			take_of_rest(s, data[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

int json_split_end(struct json_split *s, json_t **rest, struct err *err)
{
	return json_parse_object(s->rest.data ? s->rest.data : "", s->rest.len, s->rest.len, s->what, rest, err);
}

void json_split_done(struct json_split *s)
{
	buf_done(&s->key);
	buf_done(&s->element);
	buf_done(&s->rest);
}
