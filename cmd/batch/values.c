#include "cmd/batch/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/json.h"
#include "text/secret.h"

#define NAME_FIRST "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define NAME_REST NAME_FIRST "0123456789"

static bool is_list(const struct option_row *row)
{
	return row->kind == OPTION_LIST || row->kind == OPTION_ENV || row->kind == OPTION_SECRETS;
}

/* True for a command, which may be an array of words. */
static bool is_command(const struct option_row *row)
{
	return row->value && (strcmp(row->value, "CMD") == 0 || strcmp(row->value, "ARGS") == 0);
}

static bool is_assignment(const struct option_row *row)
{
	return row->value && strcmp(row->value, "NAME=VALUE") == 0;
}

/* ---- variables ---- */

static const char *variable(const char *name, size_t len, const char *image)
{
	if (image && len == strlen("SLIM_IMAGE") && memcmp(name, "SLIM_IMAGE", len) == 0)
		return image;
	CLEANUP_FREE char *text = mem_strndup(name, len);
	return getenv(text);
}

/* Replaces one "${...}" at s. *end points after it. */
static int expand_one(const char *s, const char *image, const char **end, struct buf *out, struct err *err)
{
	const char *name = s + 2, *close = strchr(name, '}');
	const size_t len = strspn(name, NAME_FIRST) ? strspn(name, NAME_REST) : 0;
	const bool has_default = strncmp(name + len, ":-", 2) == 0;
	if (!len || !close || (name + len != close && !has_default))
		return err_set(err, ERR_INVAL, "variable-malformed",
			       "\"%.60s\" is neither ${NAME} nor ${NAME:-TEXT}; write $${ for ${ itself", s);
	const char *value = variable(name, len, image);
	*end = close + 1;
	if (has_default && !(value && *value)) {
		buf_append(out, name + len + 2, (size_t)(close - name) - len - 2);
		return 0;
	}
	if (!value)
		return err_set(err, ERR_INVAL, "variable-missing",
			       "the variable %.*s is not set; ${%.*s:-TEXT} gives it a default", (int)len, name,
			       (int)len, name);
	buf_str(out, value);
	return 0;
}

int batch_values_expand(const char *s, const char *image, struct buf *out, struct err *err)
{
	while (*s) {
		if (strncmp(s, "$${", 3) == 0) {
			buf_str(out, "${");
			s += 3;
		} else if (strncmp(s, "${", 2) == 0) {
			int r = expand_one(s, image, &s, out, err);
			if (r < 0)
				return r;
		} else {
			buf_char(out, *s++);
		}
	}
	return 0;
}

/* ---- arguments ---- */

static int wrong(const struct option_row *row, const char *takes, struct err *err)
{
	return err_set(err, ERR_INVAL, "batch-value-wrong", "%s takes %s", row->name, takes);
}

/* Appends a string or number as text. */
static int scalar_text(const struct option_row *row, const json_t *v, const char *image, struct buf *out,
		       struct err *err)
{
	if (json_is_string(v))
		return batch_values_expand(json_string_value(v), image, out, err);
	if (json_is_integer(v))
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		buf_printf(out, "%.15g", json_real_value(v));
	else
		return err_set(err, ERR_INVAL, "batch-value-wrong", "%s takes %s, not %s", row->name, row->value,
			       json_is_null(v)      ? "nothing"
			       : json_is_boolean(v) ? "true or false without quotes"
						    : "a list or a mapping in here");
	return 0;
}

/* Appends the words of a command as a JSON array, which the options take. */
static int words_text(const struct option_row *row, const json_t *words, const char *image, struct buf *out,
		      struct err *err)
{
	CLEANUP_SECRET_JSON json_t *expanded = json_array();
	size_t i;
	json_t *v;
	json_array_foreach (words, i, v) {
		CLEANUP_SECRET_BUF struct buf word = {0};
		int r = scalar_text(row, v, image, &word, err);
		if (r < 0)
			return r;
		json_array_append_new(expanded, json_bytes(word.data ? word.data : "", word.len));
	}
	json_write(expanded, out);
	return 0;
}

/* Adds "--NAME=VALUE", or "--NAME=name=VALUE" if name is not NULL. */
static int add_one(const struct option_row *row, const char *name, const json_t *v, const char *image,
		   struct strlist *out, struct err *err)
{
	CLEANUP_SECRET_BUF struct buf b = {0};
	buf_printf(&b, "--%s=", row->name);
	if (name)
		buf_printf(&b, "%s=", name);
	int r = json_is_array(v) && is_command(row) ? words_text(row, v, image, &b, err)
						    : scalar_text(row, v, image, &b, err);
	if (r == 0)
		strlist_take(out, buf_steal(&b));
	return r;
}

static int add_bool(const struct option_row *row, const json_t *v, struct strlist *out, struct err *err)
{
	if (!json_is_boolean(v))
		return wrong(row, "true or false", err);
	if (option_is_bool(row))
		strlist_take(out, mem_printf("--%s=%s", row->name, json_is_true(v) ? "true" : "false"));
	else if (json_is_true(v))
		strlist_take(out, mem_printf("--%s", row->name));
	return 0;
}

int batch_values_add(const struct option_row *row, const json_t *v, bool is_step, const char *image,
		     struct strlist *out, struct err *err)
{
	size_t i;
	const char *name;
	json_t *one;
	int r = 0;
	if (!option_takes_value(row))
		return add_bool(row, v, out, err);
	if (json_is_object(v) && is_assignment(row)) {
		json_object_foreach ((json_t *)v, name, one)
			if (r == 0)
				r = add_one(row, name, one, image, out, err);
		return r;
	}
	if (!json_is_array(v) || (is_command(row) && (is_step || !is_list(row))))
		return add_one(row, NULL, v, image, out, err);
	if (!is_list(row))
		return wrong(row, "one value, not a list", err);
	json_array_foreach (v, i, one)
		if (r == 0)
			r = add_one(row, NULL, one, image, out, err);
	return r;
}
