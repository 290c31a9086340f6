#include "text/secret.h"

#include <stdlib.h>
#include <string.h>

void secret_blank(char *s)
{
	explicit_bzero(s, strlen(s));
}

void secret_free(char *s)
{
	if (s)
		secret_blank(s);
	free(s);
}

void secret_buf_done(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	buf_done(b);
}

int secret_json_parse(const char *data, size_t n, size_t max, const char *what, json_t **out, struct err *err)
{
	if (n > max)
		return err_set(err, ERR_LIMIT, "input-too-large", "%s is larger than %zu bytes", what, max);
	json_error_t e;
	json_t *v = json_loadb(data ? data : "", n, JSON_REJECT_DUPLICATES, &e);
	int line = e.line;
	explicit_bzero(&e, sizeof(e)); /* its text quotes what it stands at */
	if (!v)
		return err_set(err, ERR_CORRUPT, "json-malformed", "%s is not valid JSON (line %d)", what, line);
	if (!json_is_object(v)) {
		secret_json_free(v);
		return err_set(err, ERR_CORRUPT, "json-type-wrong", "%s is not a JSON object", what);
	}
	*out = v;
	return 0;
}

/* Nested no deeper than jansson's reader lets anything be (2048). */
static void blank_strings(json_t *v)
{
	const char *key;
	json_t *child;
	size_t i;
	if (json_is_string(v))
		explicit_bzero((char *)json_string_value(v), json_string_length(v));
	else if (json_is_object(v))
		json_object_foreach (v, key, child)
			blank_strings(child);
	else
		json_array_foreach (v, i, child)
			blank_strings(child);
}

void secret_json_free(json_t *v)
{
	if (v)
		blank_strings(v);
	json_decref(v);
}
