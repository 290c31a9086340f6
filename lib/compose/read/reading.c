#include "compose/read/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compose/read/env_file.h"
#include "os/fd.h"
#include "text/path.h"

int compose_fail(const struct compose_scope *s, const struct compose_at *at, struct err *err, const char *id,
		 const char *fmt, ...)
{
	struct err e = {.code = strcmp(id, "compose-too-large") == 0 ? ERR_LIMIT : ERR_INVAL};
	va_list ap;
	va_start(ap, fmt);
	(void)snprintf(e.id, sizeof(e.id), "%s", id);
	(void)vsnprintf(e.msg, sizeof(e.msg), fmt, ap); /* cut if it is longer */
	va_end(ap);
	const int r = compose_place_wrap(&s->reading->sources, s->file, at, &e);
	if (err)
		*err = e;
	return r;
}

int compose_spend(struct compose_reading *r, size_t values, size_t bytes, struct err *err)
{
	r->values += values;
	r->text += bytes;
	if (r->values > LIMIT_COMPOSE_VALUES)
		return err_set(err, ERR_LIMIT, "compose-too-large", "the compose project has more than %d values",
			       LIMIT_COMPOSE_VALUES);
	if (r->text > LIMIT_COMPOSE_TEXT)
		return err_set(err, ERR_LIMIT, "compose-too-large",
			       "the compose project has more than %u bytes of text", LIMIT_COMPOSE_TEXT);
	return 0;
}

char *compose_path(const struct compose_scope *s, const char *path)
{
	const bool home = path[0] == '~' && (!path[1] || path[1] == '/');
	const char *base = home ? getenv("HOME") : s->dir, *name;
	CLEANUP_BUF struct buf joined = {0};
	struct buf out = {0};
	size_t n;
	if (!base)
		return NULL;
	path += home ? 1 : 0;
	path += home ? strspn(path, "/") : 0;
	path_join(&joined, base, path);
	for (const char *rest = joined.data ? joined.data : ""; path_next(&rest, &name, &n);) {
		if (n == 1 && name[0] == '.')
			continue;
		if (n == 2 && name[0] == '.' && name[1] == '.') {
			while (out.len && out.data[--out.len] != '/')
				;
			if (out.data)
				out.data[out.len] = 0;
			continue;
		}
		buf_char(&out, '/');
		buf_append(&out, name, n);
	}
	if (!out.len)
		buf_char(&out, '/');
	return buf_steal(&out);
}

int compose_read(struct compose_reading *r, const char *path, struct buf *out, struct err *err)
{
	struct stat st;
	if (++r->files > LIMIT_COMPOSE_FILES)
		return err_set(err, ERR_LIMIT, "compose-too-large", "the compose project has more than %d files",
			       LIMIT_COMPOSE_FILES);
	/* O_NONBLOCK: a pipe that nobody writes to is refused, not waited for. */
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_sys(err, errno, "compose-file-unreadable", "can't read %.400s", path);
	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "compose-file-unreadable", "can't read %.400s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INVAL, "compose-file-unreadable", "%.400s is not a regular file", path);
	return fd_read_all(fd, LIMIT_COMPOSE_FILE, path, out, err);
}

char *compose_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash != path ? mem_strndup(path, (size_t)(slash - path)) : mem_strdup("/");
}

int compose_env_read(struct compose_reading *r, const struct compose_env *e, const char *path, bool required, bool raw,
		     json_t *vars, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	struct err local = {0}, *why = err ? err : &local;
	struct stat st;
	if (strcmp(path, "/dev/null") == 0)
		return 0;
	if (!required && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) /* .env may be a directory of Python's */
		return 0;
	int n = compose_read(r, path, &text, why);
	if (n == -ERR_NOTFOUND && !required) {
		*why = (struct err){0};
		return 0;
	}
	return n < 0 ? n : compose_env_parse(e, text.data ? text.data : "", text.len, raw, path, vars, why);
}
