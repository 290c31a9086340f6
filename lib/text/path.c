#include "text/path.h"

#include <string.h>

bool path_next(const char **rest, const char **name, size_t *len)
{
	const char *p = *rest + strspn(*rest, "/");
	if (!*p) {
		*rest = p;
		return false;
	}
	*name = p;
	*len = strcspn(p, "/");
	*rest = p + *len;
	return true;
}

static void add_components(struct buf *out, const char *path)
{
	const char *name;
	size_t len;
	while (path_next(&path, &name, &len)) {
		if (len == 1 && name[0] == '.')
			continue;
		buf_char(out, '/');
		buf_append(out, name, len);
	}
}

void path_join(struct buf *out, const char *base, const char *path)
{
	size_t start = out->len, n = strlen(path);
	if (path[0] != '/')
		add_components(out, base);
	add_components(out, path);
	bool dir = (n && path[n - 1] == '/') || (n > 1 && path[n - 1] == '.' && path[n - 2] == '/');
	if (out->len == start || dir)
		buf_char(out, '/');
}

bool path_has_dotdot(const char *path)
{
	const char *name;
	size_t len;
	while (path_next(&path, &name, &len))
		if (len == 2 && name[0] == '.' && name[1] == '.')
			return true;
	return false;
}

bool path_is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	if (n == 1)
		return true;
	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

void path_unescape_mount(char *s)
{
	char *to = s;
	for (; *s; s++) {
		if (s[0] == '\\' && strspn(s + 1, "01234567") >= 3) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

bool path_ends_with(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);
	return n > m && strcmp(name + n - m, ending) == 0;
}
