#include "probe/http/variables.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

static void add_percent(struct buf *out, unsigned char c)
{
	buf_printf(out, "%%%02X", c);
}

static void add_json(struct buf *out, unsigned char c)
{
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", c);
	else if (c < 0x20)
		buf_printf(out, "\\u%04x", c);
	else
		buf_char(out, (char)c);
}

static void add_value(struct buf *out, const char *value, enum probe_place place)
{
	for (const unsigned char *p = (const unsigned char *)value; *p; p++)
		if (place == PROBE_PLACE_FORM && !isalnum(*p) && !strchr("-._~", *p))
			add_percent(out, *p);
		else if (place == PROBE_PLACE_PATH && (*p <= ' ' || *p >= 0x7f || strchr("\"#<>\\^`{|}", *p)))
			add_percent(out, *p);
		else if (place == PROBE_PLACE_JSON)
			add_json(out, *p);
		else
			buf_char(out, (char)*p);
}

/* Returns the length of the reference "${NAME}" or "${NAME:-TEXT}" at text, 0 = text does not begin with one.
 * fallback: NULL = not given. */
static size_t reference(const char *text, size_t n, char **name, char **fallback)
{
	size_t at = 2;
	if (n < 4 || text[0] != '$' || text[1] != '{')
		return 0;
	while (at < n && (isalnum((unsigned char)text[at]) || text[at] == '_'))
		at++;
	if (at == 2 || at == n)
		return 0;
	size_t name_end = at;
	const char *end = memchr(text + at, '}', n - at);
	bool has_fallback = end && end - text >= (ptrdiff_t)at + 2 && text[at] == ':' && text[at + 1] == '-';
	if (!end || (text[at] != '}' && !has_fallback))
		return 0;
	*name = mem_strndup(text + 2, name_end - 2);
	*fallback = has_fallback ? mem_strndup(text + at + 2, (size_t)(end - text) - at - 2) : NULL;
	return (size_t)(end - text) + 1;
}

static int expand_one(const struct strlist *variables, const char *name, const char *fallback, enum probe_place place,
		      struct buf *out, struct err *err)
{
	const char *value = strlist_get_env(variables, name);
	if (!value)
		value = fallback;
	if (!value)
		return err_set(err, ERR_NOTFOUND, "probe-variable-unset", "not sent: no answer set the variable ${%s}",
			       name);
	if (out->len + strlen(value) > LIMIT_HTTP_BODY)
		return err_set(err, ERR_LIMIT, "probe-variable-too-large",
			       "not sent: the value of ${%s} makes it too large", name);
	add_value(out, value, place);
	return 0;
}

int probe_variables_expand(const struct strlist *variables, const char *text, size_t n, enum probe_place place,
			   struct buf *out, struct err *err)
{
	int r = 0;
	for (size_t i = 0; i < n && r == 0;) {
		CLEANUP_FREE char *name = NULL, *fallback = NULL;
		size_t used = reference(text + i, n - i, &name, &fallback);
		if (used) {
			r = expand_one(variables, name, fallback, place, out, err);
			i += used;
		} else if (n - i >= 3 && memcmp(text + i, "$${", 3) == 0) {
			buf_str(out, "${");
			i += 3;
		} else {
			const char *next = memchr(text + i + 1, '$', n - i - 1);
			size_t plain = next ? (size_t)(next - text) - i : n - i;
			buf_append(out, text + i, plain);
			i += plain;
		}
	}
	return r;
}

void probe_variables_set(struct strlist *variables, const char *name, const char *value)
{
	CLEANUP_FREE char *line = mem_printf("%s=%s", name, value);
	strlist_set_env(variables, line);
}
