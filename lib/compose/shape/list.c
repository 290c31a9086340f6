#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compose/shape/shape.h"
#include "compose/shape/shaper.h"
#include "text/words.h"

/* The strings of a list of scalars, or of one scalar. */
int compose_shape_list(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		       json_t **out, struct err *err)
{
	json_auto_t *all = json_array();
	CLEANUP_BUF struct buf text = {0};
	size_t i;
	json_t *v;
	(void)row;
	if (compose_scalar(in, &text)) {
		json_array_append_new(all, json_stringn(text.data, text.len));
		*out = json_incref(all);
		return 0;
	}
	int e = compose_check_list(s, at, in, err);
	if (e < 0)
		return e;
	json_array_foreach (in, i, v) {
		if (!compose_scalar(v, &text))
			return compose_fail(s, COMPOSE_ITEM(at, i), err, "compose-invalid", "the item is not a string");
		json_array_append_new(all, json_stringn(text.data, text.len));
	}
	*out = json_incref(all);
	return 0;
}

/* A command: a list, or a text that is split as a shell does. */
int compose_shape_words(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
			json_t **out, struct err *err)
{
	CLEANUP_STRLIST struct strlist words = {0};
	const char *text = json_string_value(in);
	if (!text)
		return compose_shape_list(s, at, row, in, out, err);
	struct err why = {0};
	if (text[strspn(text, " \t\r\n")] == '[')
		return compose_fail(s, at, err, "compose-invalid",
				    "the command is a text that begins with \"[\"; write a list without quotes");
	if (words_parse(text, row->key, &words, &why) < 0)
		return compose_fail(s, at, err, "compose-invalid", "a quote is not closed: %.300s", text);
	json_t *all = json_array();
	for (size_t i = 0; i < words.count; i++)
		json_array_append_new(all, json_string(words.items[i]));
	*out = all;
	return 0;
}

/* The test of a health check: a text is one for a shell. */
int compose_shape_test(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		       json_t **out, struct err *err)
{
	if (json_is_string(in)) {
		*out = json_pack("[ss]", "CMD-SHELL", json_string_value(in));
		return 0;
	}
	json_t *list = NULL;
	int e = compose_shape_list(s, at, row, in, &list, err);
	if (e < 0)
		return e;
	const size_t n = json_array_size(list);
	const char *kind = json_string_value(json_array_get(list, 0));
	const bool good = kind && ((strcmp(kind, "NONE") == 0) || (strcmp(kind, "CMD") == 0 && n > 1) ||
				   (strcmp(kind, "CMD-SHELL") == 0 && n == 2));
	if (n && !good) {
		json_decref(list);
		return compose_fail(s, at, err, "compose-invalid",
				    "a test begins with CMD, CMD-SHELL or NONE: [\"CMD\", \"true\"]");
	}
	*out = list;
	return 0;
}

static int add_pair(struct compose_scope *s, const struct compose_at *at, const char *name, json_t *value, json_t *all,
		    struct err *err)
{
	if (!*name || strchr(name, '=')) {
		json_decref(value);
		return compose_fail(s, at, err, "compose-invalid", "a name is empty or has \"=\"");
	}
	json_object_set_new(all, name, value);
	return 0;
}

/* NAME=VALUE in a list, or NAME: VALUE. */
int compose_shape_pairs(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
			json_t **out, struct err *err)
{
	json_auto_t *all = json_object();
	CLEANUP_BUF struct buf text = {0};
	const char *key;
	size_t i;
	json_t *v;
	(void)row;
	int e = json_is_object(in) ? compose_check_object(s, at, in, err) : compose_check_list(s, at, in, err);
	if (e < 0)
		return e;
	json_object_foreach (in, key, v) {
		if (!json_is_null(v) && !compose_scalar(v, &text))
			return compose_fail(s, COMPOSE_KEY(at, key), err, "compose-invalid",
					    "the value is not a string");
		json_t *value = json_is_null(v) ? json_null() : json_stringn(text.data, text.len);
		if ((e = add_pair(s, COMPOSE_KEY(at, key), key, value, all, err)) < 0)
			return e;
	}
	json_array_foreach (in, i, v) {
		if (!json_is_string(v))
			return compose_fail(s, COMPOSE_ITEM(at, i), err, "compose-invalid",
					    "the item is not NAME=VALUE");
		const char *item = json_string_value(v), *equals = strchr(item, '=');
		CLEANUP_FREE char *name = mem_strndup(item, equals ? (size_t)(equals - item) : strlen(item));
		json_t *value = equals ? json_string(equals + 1) : json_null();
		if ((e = add_pair(s, COMPOSE_ITEM(at, i), name, value, all, err)) < 0)
			return e;
	}
	*out = json_incref(all);
	return 0;
}

static int add_host(struct compose_scope *s, const struct compose_at *at, const char *name, size_t n,
		    const char *address, json_t *all, struct err *err)
{
	const size_t len = strlen(address);
	const bool brackets = len > 2 && address[0] == '[' && address[len - 1] == ']';
	if (!n || !len)
		return compose_fail(s, at, err, "compose-invalid", "the item is not NAME:ADDRESS");
	json_array_append_new(all, json_sprintf("%.*s:%.*s", (int)n, name, (int)(brackets ? len - 2 : len),
						brackets ? address + 1 : address));
	return 0;
}

/* NAME:ADDRESS or NAME=ADDRESS in a list, or NAME: ADDRESS or a list of these. */
int compose_shape_hosts(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
			json_t **out, struct err *err)
{
	json_auto_t *all = json_array();
	const char *key;
	size_t i;
	json_t *v;
	int e = json_is_object(in) ? compose_check_object(s, at, in, err) : compose_check_list(s, at, in, err);
	if (e < 0)
		return e;
	json_object_foreach (in, key, v) {
		json_t *addresses = NULL;
		if ((e = compose_shape_list(s, COMPOSE_KEY(at, key), row, v, &addresses, err)) < 0)
			return e;
		json_array_foreach (addresses, i, v)
			if (e == 0)
				e = add_host(s, COMPOSE_KEY(at, key), key, strlen(key), json_string_value(v), all, err);
		json_decref(addresses);
		if (e < 0)
			return e;
	}
	json_array_foreach (in, i, v) {
		const char *item = json_is_string(v) ? json_string_value(v) : "";
		const size_t n = strcspn(item, strchr(item, '=') ? "=" : ":");
		e = add_host(s, COMPOSE_ITEM(at, i), item, n, item[n] ? item + n + 1 : "", all, err);
		if (e < 0)
			return e;
	}
	*out = json_incref(all);
	return 0;
}

int compose_shape_env_files(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			    json_t *in, json_t **out, struct err *err)
{
	json_auto_t *all = json_array(), *one = json_is_array(in) ? json_incref(in) : json_pack("[O]", in);
	size_t i;
	json_t *v;
	(void)row;
	int e = compose_check_list(s, at, one, err);
	if (e < 0)
		return e;
	json_array_foreach (one, i, v) {
		json_auto_t *object = json_is_string(v) ? json_pack("{sO}", "path", v) : json_incref(v);
		json_t *new = NULL;
		if ((e = compose_shape(s, COMPOSE_ITEM(at, i), COMPOSE_ENV_FILE, object, &new, err)) < 0)
			return e;
		json_array_append_new(all, new);
		const char *format = json_string_value(json_object_get(new, "format"));
		if (!json_object_get(new, "path"))
			return compose_fail(s, COMPOSE_ITEM(at, i), err, "compose-invalid", "path is missing");
		if (format && strcmp(format, "raw") != 0)
			return compose_fail(s, COMPOSE_ITEM(at, i), err, "compose-invalid",
					    "the format is unknown: %.100s; leave it out, or use raw", format);
	}
	*out = json_incref(all);
	return 0;
}
