#include "text/glob.h"

#include <string.h>

#include "base/mem.h"
#include "text/path.h"

/* Only the last star needs to be tried again: what it may give back, the ones before it may have had too. */
bool glob_match_name(const char *pattern, size_t n, const char *name, size_t len)
{
	size_t p = 0, s = 0, star = n, retry = 0;
	while (s < len) {
		if (p < n && pattern[p] == '*') {
			star = p++;
			retry = s;
		} else if (p < n && (pattern[p] == '?' || pattern[p] == name[s])) {
			p++;
			s++;
		} else if (star < n) {
			p = star + 1;
			s = ++retry;
		} else {
			return false;
		}
	}
	while (p < n && pattern[p] == '*')
		p++;
	return p == n;
}

bool glob_match(const char *pattern, const char *path)
{
	if ((*pattern == '/') != (*path == '/'))
		return false;
	const char *after_stars = NULL, *retry = NULL, *want, *name;
	size_t n, len;
	for (;;) {
		const char *p = pattern, *s = path;
		bool more = path_next(&p, &want, &n);
		if (more && n == 2 && memcmp(want, "**", 2) == 0) {
			after_stars = pattern = p;
			retry = path;
			continue;
		}
		bool left = path_next(&s, &name, &len);
		if (!more && !left)
			return true;
		if (more && left && glob_match_name(want, n, name, len)) {
			pattern = p;
			path = s;
			continue;
		}
		if (!after_stars || !path_next(&retry, &name, &len))
			return false;
		pattern = after_stars;
		path = retry;
	}
}

bool glob_match_end(const char *pattern, const char *path)
{
	if (*pattern == '/')
		return glob_match(pattern, path);
	size_t components = 1;
	for (const char *s = pattern; *s; s++)
		components += *s == '/';
	const char *tail = path + strlen(path);
	while (components && tail > path)
		components -= *--tail == '/';
	return glob_match(pattern, *tail == '/' ? tail + 1 : tail);
}

bool glob_match_any(const char *const *patterns, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (glob_match(patterns[i], path))
			return true;
	return false;
}

bool glob_expand(const char *pattern, size_t max, struct strlist *out)
{
	const char *open = strchr(pattern, '{');
	if (!open) {
		strlist_add(out, pattern);
		return out->count <= max;
	}
	const char *close = strpbrk(open + 1, "{}");
	if (!close || *close == '{')
		return false;
	for (const char *p = open + 1;; p++) {
		size_t n = strcspn(p, ",}");
		CLEANUP_FREE char *one = mem_printf("%.*s%.*s%s", (int)(open - pattern), pattern, (int)n, p, close + 1);
		if (!glob_expand(one, max, out))
			return false;
		p += n;
		if (p == close)
			return true;
	}
}
