#include "compose/read/env_file.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "compose/read/interpolate.h"

struct parser {
	const struct compose_env *env; /* with what the file has said so far below it */
	const char *p, *what;
	unsigned line;
	json_t *vars;
	size_t bytes; /* of the values */
	struct err *err;
};

static int malformed(const struct parser *s, unsigned line, const char *says)
{
	return err_set(s->err, ERR_INVAL, "compose-env-file-malformed", "%.300s, line %u: %s", s->what, line, says);
}

static int put(struct parser *s, unsigned line, const char *name, const char *value)
{
	json_t *v = json_string(value);
	if (!v || json_object_set_new(s->vars, name, v) < 0)
		return malformed(s, line, "the value is not UTF-8");
	s->bytes += strlen(value);
	if (s->bytes > LIMIT_COMPOSE_VARIABLES)
		return err_set(s->err, ERR_LIMIT, "compose-too-large", "%.300s has more than %u bytes of values",
			       s->what, LIMIT_COMPOSE_VARIABLES);
	if (json_object_size(s->vars) > LIMIT_COMPOSE_ITEMS)
		return err_set(s->err, ERR_LIMIT, "compose-too-large", "%.300s has more than %d variables", s->what,
			       LIMIT_COMPOSE_ITEMS);
	return 0;
}

static int expand(const struct parser *s, unsigned line, const char *text, struct buf *out)
{
	int r = compose_interpolate(s->env, text, LIMIT_COMPOSE_FILE, NULL, out, s->err);
	return r < 0 ? err_wrap(s->err, "%.300s, line %u", s->what, line) : 0;
}

/* A value in quotes, which may go over several lines; text is what is in them, without the escapes. */
static int take_quoted(struct parser *s, struct buf *text)
{
	const unsigned line = s->line;
	const char quote = *s->p++;
	for (; *s->p && *s->p != quote; s->p++) {
		s->line += *s->p == '\n';
		if (*s->p != '\\' || !s->p[1]) {
			buf_char(text, *s->p);
			continue;
		}
		s->p++;
		if (quote == '\'') {
			if (*s->p != '\'')
				buf_char(text, '\\');
			buf_char(text, *s->p);
		} else if (*s->p == '$') {
			buf_str(text, "$$"); /* which interpolation makes one of */
		} else {
			static const char from[] = "nrt\"\\'", to[] = "\n\r\t\"\\'";
			const char *at = strchr(from, *s->p);
			if (!at)
				buf_char(text, '\\');
			buf_char(text, at ? to[at - from] : *s->p);
		}
	}
	if (!*s->p)
		return malformed(s, line, "the quote is not closed");
	s->p++;
	s->p += strspn(s->p, " \t\r");
	return *s->p && *s->p != '\n' && *s->p != '#' ? malformed(s, line, "text follows the closing quote") : 0;
}

/* A value without quotes: up to the end of the line, or to a "#" behind a space. */
static void take_plain(struct parser *s, struct buf *text)
{
	const char *end = s->p;
	while (*end && *end != '\n' && !(*end == '#' && (end == s->p || isspace((unsigned char)end[-1]))))
		end++;
	size_t n = (size_t)(end - s->p);
	while (n && isspace((unsigned char)s->p[n - 1]))
		n--;
	buf_append(text, s->p, n);
	s->p = end;
}

static int take_value(struct parser *s, const char *name)
{
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_BUF struct buf value = {0};
	const unsigned line = s->line;
	const char quote = *s->p == '\'' || *s->p == '"' ? *s->p : 0;
	int r = 0;
	if (quote)
		r = take_quoted(s, &text);
	else
		take_plain(s, &text);
	if (r < 0)
		return r;
	buf_str(&text, "");
	if (quote == '\'')
		return put(s, line, name, text.data);
	buf_str(&value, "");
	r = expand(s, line, text.data, &value);
	return r < 0 ? r : put(s, line, name, value.data);
}

static int take_line(struct parser *s)
{
	s->p += strspn(s->p, " \t\r");
	if (strncmp(s->p, "export", 6) == 0 && (s->p[6] == ' ' || s->p[6] == '\t'))
		s->p += 6 + strspn(s->p + 6, " \t");
	const size_t n = strcspn(s->p, "=:#\r\n \t");
	if (!n)
		return *s->p == '=' || *s->p == ':' ? malformed(s, s->line, "a variable has no name") : 0;
	CLEANUP_FREE char *name = mem_strndup(s->p, n);
	s->p += n + strspn(s->p + n, " \t");
	if (*s->p == '=' || *s->p == ':') {
		s->p++;
		s->p += strspn(s->p, " \t");
		return take_value(s, name);
	}
	if (*s->p && !strchr("\r\n#", *s->p))
		return malformed(s, s->line, "a variable's name has a space; write NAME=VALUE");
	const char *v = compose_env_get(s->env, name);
	return v ? put(s, s->line, name, v) : 0;
}

static int parse_quoting(struct parser *s)
{
	for (;; s->p++, s->line++) {
		int r = take_line(s);
		if (r < 0)
			return r;
		s->p += strcspn(s->p, "\n"); /* a comment */
		if (!*s->p)
			return 0;
	}
}

static int parse_raw(struct parser *s)
{
	for (;; s->line++) {
		const char *p = s->p + strspn(s->p, " \t\r");
		size_t n = strcspn(p, "\n");
		s->p = p + n;
		n -= n && p[n - 1] == '\r';
		const char *equals = memchr(p, '=', n);
		CLEANUP_FREE char *name = mem_strndup(p, equals ? (size_t)(equals - p) : n);
		CLEANUP_FREE char *value = equals ? mem_strndup(equals + 1, n - strlen(name) - 1) : NULL;
		const char *v = value ? value : compose_env_get(s->env, name);
		int r = 0;
		if (n && *p != '#' && (!*name || strpbrk(name, " \t")))
			r = malformed(s, s->line, "a variable's name is empty or has a space");
		else if (n && *p != '#' && v)
			r = put(s, s->line, name, v);
		if (r < 0 || !*s->p)
			return r;
		s->p++;
	}
}

int compose_env_parse(const struct compose_env *e, const char *data, size_t n, bool raw, const char *what, json_t *vars,
		      struct err *err)
{
	const struct compose_env env = {.up = e, .vars = vars};
	if (n >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		data += 3;
		n -= 3;
	}
	CLEANUP_FREE char *text = mem_strndup(n ? data : "", n);
	struct parser s = {.env = &env, .p = text, .what = what, .line = 1, .vars = vars, .err = err};
	if (strlen(text) != n)
		return malformed(&s, 1, "the file has a NUL");
	return raw ? parse_raw(&s) : parse_quoting(&s);
}
