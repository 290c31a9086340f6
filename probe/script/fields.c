#include "probe/script/fields.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/open_below.h"

int probe_fields_fail(const struct probe_fields *f, const json_t *container, const char *key, struct err *err,
		      const char *fmt, ...)
{
	CLEANUP_BUF struct buf text = {0};
	char *says = NULL;
	va_list args;
	va_start(args, fmt);
	if (vasprintf(&says, fmt, args) < 0)
		abort();
	va_end(args);
	buf_escape(&text, says, strlen(says));
	free(says);
	unsigned line = f->lines ? yaml_line_of(f->lines, container, key) : 0;
	if (line)
		return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s, line %u: %s", f->what, line, text.data);
	return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s: %s", f->what, text.data ? text.data : "");
}

int probe_fields_known(const struct probe_fields *f, const json_t *object, const char *where,
		       const char *const *allowed, struct err *err)
{
	const char *key;
	json_t *v;
	json_object_foreach ((json_t *)(uintptr_t)object, key, v) {
		CLEANUP_BUF struct buf list = {0};
		bool known = false;
		for (size_t i = 0; allowed[i]; i++) {
			known |= strcmp(allowed[i], key) == 0;
			buf_printf(&list, "%s%s", i ? ", " : "", allowed[i]);
		}
		if (!known)
			return probe_fields_fail(f, object, key, err, "%s has no \"%.60s\"; it may have: %s", where,
						 key, list.data ? list.data : "nothing");
	}
	return 0;
}

bool probe_fields_text(const json_t *v, struct buf *out)
{
	buf_append(out, "", 0);
	if (json_is_object(v) || json_is_array(v))
		return false;
	if (json_is_string(v)) {
		buf_append(out, json_string_value(v), json_string_length(v));
	} else if (!json_is_null(v)) {
		char *text = json_dumps(v, JSON_ENCODE_ANY);
		buf_str(out, text);
		free(text);
	}
	return true;
}

/* ---- the environment ---- */

void probe_fields_literal(struct buf *out, const char *data, size_t n)
{
	buf_append(out, "", 0);
	for (size_t i = 0; i < n; i++) {
		if (data[i] == '$' && i + 1 < n && data[i + 1] == '{')
			buf_char(out, '$');
		buf_char(out, data[i]);
	}
}

/* Appends what "env:NAME" or "env:NAME:-TEXT", of n bytes, stands for. False: it is not set. */
static bool add_env(const char *name, size_t n, struct buf *out)
{
	CLEANUP_FREE char *copy = mem_strndup(name + strlen("env:"), n - strlen("env:"));
	char *otherwise = strstr(copy, ":-");
	if (otherwise)
		*otherwise = '\0';
	const char *value = getenv(copy);
	if ((!value || !*value) && otherwise)
		value = otherwise + 2;
	if (value)
		probe_fields_literal(out, value, strlen(value));
	return value != NULL;
}

int probe_fields_expand(const struct probe_fields *f, const json_t *container, const char *key, const char *text,
			struct buf *out, struct err *err)
{
	buf_append(out, "", 0);
	while (*text) {
		const char *end = strncmp(text, "${env:", 6) == 0 ? strchr(text, '}') : NULL;
		size_t n = strncmp(text, "$${", 3) == 0 ? 3 : 1;
		if (!end) {
			buf_append(out, text, n);
			text += n;
			continue;
		}
		n = (size_t)(end - text - 2);
		if (!add_env(text + 2, n, out))
			return probe_fields_fail(
			    f, container, key, err,
			    "the environment has no %.*s: set it, or write ${%.*s:-TEXT} to go on with TEXT",
			    (int)(n - 4 < 100 ? n - 4 : 100), text + 6, (int)(n < 100 ? n : 100), text + 2);
		text = end + 1;
	}
	return 0;
}

/* ---- members ---- */

int probe_fields_value(const struct probe_fields *f, const json_t *container, const char *key, const json_t *v,
		       char **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0}, expanded = {0};
	if (!probe_fields_text(v, &text))
		return probe_fields_fail(f, container, key, err, "%s%s%s is not a string", key ? "\"" : "a value",
					 key ? key : "", key ? "\"" : "");
	int r = probe_fields_expand(f, container, key, text.data, &expanded, err);
	if (r == 0)
		*out = buf_steal(&expanded);
	return r;
}

static const json_t *member(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	return json_is_null(v) ? NULL : v;
}

int probe_fields_get_text(const struct probe_fields *f, const json_t *object, const char *key, char **out,
			  struct err *err)
{
	const json_t *v = member(object, key);
	return v ? probe_fields_value(f, object, key, v, out, err) : 0;
}

int probe_fields_get_bool(const struct probe_fields *f, const json_t *object, const char *key, bool *out,
			  struct err *err)
{
	const json_t *v = member(object, key);
	if (v && !json_is_boolean(v))
		return probe_fields_fail(f, object, key, err, "\"%s\" is true or false", key);
	if (v)
		*out = json_is_true(v);
	return 0;
}

int probe_fields_get_uint(const struct probe_fields *f, const json_t *object, const char *key, unsigned min,
			  unsigned max, unsigned *out, struct err *err)
{
	const json_t *v = member(object, key);
	if (!v)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return probe_fields_fail(f, object, key, err, "\"%s\" is a number from %u to %u", key, min, max);
	*out = (unsigned)json_integer_value(v);
	return 0;
}

int probe_fields_get_object(const struct probe_fields *f, const json_t *object, const char *key, json_t **out,
			    struct err *err)
{
	const json_t *v = member(object, key);
	if (v && !json_is_object(v))
		return probe_fields_fail(f, object, key, err, "\"%s\" is a mapping (NAME: VALUE)", key);
	if (v)
		*out = (json_t *)(uintptr_t)v;
	return 0;
}

/* ---- files ---- */

int probe_fields_file(const struct probe_fields *f, const json_t *container, const char *key, const char *path,
		      struct buf *out, struct err *err)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	if (f->dir < 0 && f->dir != AT_FDCWD)
		return probe_fields_fail(f, container, key, err, "files can't be named here");
	CLEANUP_FD int fd = open_below(f->dir, path, &how);
	if (fd < 0 && errno == EXDEV)
		return probe_fields_fail(f, container, key, err,
					 "%.300s is not in the folder of the probe file: files are named from there, "
					 "and none outside is read",
					 path);
	struct err cause = {0};
	struct stat st = {0};
	int r = fd < 0 || fstat(fd, &st) < 0 ? err_sys(&cause, errno, "file-unreadable", "%.300s", path)
		: !S_ISREG(st.st_mode) ? err_set(&cause, ERR_INVAL, "file-unreadable", "%.300s is not a file", path)
				       : fd_read_all(fd, LIMIT_PROBE_BODY, path, out, &cause);
	return r < 0 ? probe_fields_fail(f, container, key, err, "%s", cause.msg) : 0;
}

void probe_fields_percent(struct buf *out, const char *text)
{
	while (*text) {
		const char *end = strncmp(text, "${", 2) == 0 ? strchr(text, '}') : NULL;
		if (strncmp(text, "$${", 3) == 0) {
			buf_str(out, "%24%7B");
			text += 3;
		} else if (end) {
			buf_append(out, text, (size_t)(end + 1 - text));
			text = end + 1;
		} else {
			unsigned char c = (unsigned char)*text++;
			buf_printf(out, isalnum(c) || strchr("-._~", c) ? "%c" : "%%%02X", c);
		}
	}
}
