#include "probe/routes/route.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define MAX_PREFIXES 8   /* that are combined */
#define MAX_COMBINED 100 /* paths made of a prefix and another path */

/* Directories of every system; a path below one is that of a file. */
static const char *const system_dirs[] = {"usr",  "etc", "var", "lib", "lib64", "bin",
					  "sbin", "sys", "dev", "tmp", "proc",  NULL};

/* A service may obey to a GET, too. */
static const char *const harmful[] = {
    "shutdown", "shut-down", "shut_down", "quit",      "exit",      "kill",        "restart",  "reboot",
    "halt",     "abort",     "crash",     "terminate", "delete",    "destroy",     "stop",     "remove",
    "drop",     "reset",     "purge",     "flush",     "wipe",      "clear",       "logout",   "log-out",
    "log_o",    "sign-out",  "sign_out",  "signout",   "disable",   "uninstall",   "truncate", "suspend",
    "cancel",   "revoke",    "panic",     "rollback",  "downgrade", "unsubscribe", NULL,
};

/* ---- one text ---- */

struct cleaning {
	const char *s, *end;
	struct buf *out;
};

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void skip_name(struct cleaning *c)
{
	while (c->s < c->end && is_name(*c->s))
		c->s++;
}

/* Skips what stands in brackets, those in it included. False if they do not close. */
static bool skip_brackets(struct cleaning *c, char open, char close)
{
	unsigned depth = 0;
	for (; c->s < c->end; c->s++) {
		depth += *c->s == open;
		if (*c->s == close && --depth == 0) {
			c->s++;
			return true;
		}
	}
	return false;
}

static bool fill_brackets(struct cleaning *c, char open, char close)
{
	buf_char(c->out, ROUTES_VARIES);
	return skip_brackets(c, open, close);
}

/* ":id", ":id?", ":id(\d+)"; "*", "*rest". */
static bool fill_name(struct cleaning *c)
{
	bool star = *c->s == '*';
	while (c->s < c->end && *c->s == '*')
		c->s++;
	if (star && c->s == c->end)
		return true; /* whatever begins like this */
	c->s += !star;
	const char *name = c->s;
	skip_name(c);
	if (!star && c->s == name)
		return false;
	buf_char(c->out, ROUTES_VARIES);
	if (c->s < c->end && *c->s == '(' && !skip_brackets(c, '(', ')'))
		return false;
	if (c->s < c->end && strchr("?*+", *c->s))
		c->s++;
	return true;
}

/* "%s", "%d", "%20". */
static bool take_percent(struct cleaning *c)
{
	if (c->end - c->s >= 2 && (c->s[1] == 's' || c->s[1] == 'd')) {
		buf_char(c->out, ROUTES_VARIES);
		c->s += 2;
		return true;
	}
	if (c->end - c->s < 3 || !isxdigit((unsigned char)c->s[1]) || !isxdigit((unsigned char)c->s[2]))
		return false;
	buf_append(c->out, c->s, 3);
	c->s += 3;
	return true;
}

/* The query as it stands; none, if it is not all plain. */
static void take_query(struct cleaning *c)
{
	for (const char *p = c->s + 1; p < c->end; p++)
		if (!is_name(*p) && !strchr("=&.%+-", *p))
			return;
	if (c->end - c->s > 1)
		buf_append(c->out, c->s, (size_t)(c->end - c->s));
}

/* Take one character, or a variable part. False if the text is not a path. */
static bool take(struct cleaning *c)
{
	const bool last = c->s + 1 == c->end;
	switch (*c->s) {
	case '<':
		return fill_brackets(c, '<', '>');
	case '{':
		return fill_brackets(c, '{', '}');
	case '(':
		return fill_brackets(c, '(', ')');
	case '$':
	case '#':
		c->s++;
		return !last && *c->s == '{' ? fill_brackets(c, '{', '}') : last;
	case '*':
		return fill_name(c);
	case ':':
		return c->out->data[c->out->len - 1] == '/' && fill_name(c);
	case '%':
		return take_percent(c);
	default:
		if (!is_name(*c->s) && !strchr("/-.~@+,=!", *c->s))
			return false;
		buf_char(c->out, *c->s++);
		return true;
	}
}

static bool has_harm(const char *path)
{
	for (size_t i = 0; harmful[i]; i++)
		if (strcasestr(path, harmful[i]))
			return true;
	return false;
}

static bool is_of_files(const char *path)
{
	for (size_t i = 0; system_dirs[i]; i++) {
		size_t n = strlen(system_dirs[i]);
		if (strncmp(path + 1, system_dirs[i], n) == 0 && path[1 + n] == '/' && path[2 + n])
			return true;
	}
	return false;
}

/* Or what varies. */
static bool has_letter(const char *path)
{
	while (*path && *path != ROUTES_VARIES && !isalpha((unsigned char)*path))
		path++;
	return *path;
}

static void skip_method(struct cleaning *c)
{
	static const char *const methods[] = {"GET /", "HEAD /", "ANY /"};
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		size_t n = strlen(methods[i]);
		if ((size_t)(c->end - c->s) > n && memcmp(c->s, methods[i], n) == 0)
			c->s += n - 1;
	}
}

bool routes_clean(const char *text, size_t n, struct buf *out)
{
	struct cleaning c = {text, text + n, out};
	if (n > ROUTES_LENGTH || memchr(text, '\0', n) || memchr(text, ROUTES_VARIES, n))
		return false;
	skip_method(&c);
	if (c.end - c.s < 2 || *c.s != '/')
		return false;
	while (c.s < c.end && *c.s != '?' && !(c.s[0] == '(' && c.end - c.s > 1 && c.s[1] == '.'))
		if (!take(&c))
			return false;
	const char *path = out->data;
	if (strstr(path, "//") || strstr(path, "/..") || !has_letter(path) || is_of_files(path) || has_harm(path))
		return false;
	if (c.s < c.end && *c.s == '?')
		take_query(&c);
	return out->len <= ROUTES_LENGTH;
}

/* ---- many of them ---- */

static void keep(struct strset *set, size_t max, const char *text, size_t n)
{
	CLEANUP_BUF struct buf path = {0};
	if (set->count < max && routes_clean(text, n, &path))
		strset_add_len(set, path.data, path.len, NULL);
}

void routes_found(struct routes_finds *f, enum routes_rank rank, const char *text, size_t n)
{
	keep(&f->paths[rank], ROUTES_MAX, text, n);
}

void routes_found_prefix(struct routes_finds *f, const char *text, size_t n)
{
	while (n && text[n - 1] == '/')
		n--;
	keep(&f->prefixes, MAX_PREFIXES, text, n);
}

void routes_found_directory(struct routes_finds *f, const char *path, size_t n)
{
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (f->dirs.count < ROUTES_DIRS && n > 1 && n <= LIMIT_PATH && *path == '/' && !memchr(path, '\0', n))
		strset_add_len(&f->dirs, path, n, NULL);
}

static void combine(const struct routes_finds *f, const char *prefix, enum routes_rank rank, struct strset *all,
		    size_t *combined)
{
	const struct strset *paths = &f->paths[rank];
	size_t n = strlen(prefix);
	for (size_t i = 0; i < paths->count && *combined < MAX_COMBINED && all->count < ROUTES_MAX; i++) {
		const char *path = strset_get(paths, i);
		if ((strncmp(path, prefix, n) == 0 && (!path[n] || path[n] == '/')) ||
		    strset_find(&f->prefixes, path) != STRSET_NONE)
			continue;
		CLEANUP_FREE char *whole = mem_printf("%s%s", prefix, path);
		strset_add(all, whole);
		++*combined;
	}
}

/* Whether path, without its query, is the route. */
static bool is_route(const char *route, const char *path)
{
	for (; *route && *route != '?'; route++) {
		if (*route == ROUTES_VARIES && *path && *path != '/')
			path += strcspn(path, "/?");
		else if (*route == *path)
			path++;
		else
			return false;
	}
	return !*path || *path == '?';
}

static bool was_asked(const struct strset *asked, const char *route)
{
	for (size_t i = 0; strchr(route, ROUTES_VARIES) && i < asked->count; i++)
		if (is_route(route, strset_get(asked, i)))
			return true;
	return false;
}

static void add_filled(const char *route, const struct strset *asked, struct strlist *out)
{
	if (was_asked(asked, route))
		return;
	char *path = mem_strdup(route);
	for (char *p = path; (p = strchr(p, ROUTES_VARIES)); p++)
		*p = '1';
	strlist_take(out, path);
}

void routes_finds_list(const struct routes_finds *f, const struct strset *asked, struct strlist *out)
{
	CLEANUP_STRSET struct strset all = {0};
	size_t combined = 0;
	for (size_t r = 0; r < ROUTES_COMPILED; r++)
		for (size_t i = 0; i < f->paths[r].count && all.count < ROUTES_MAX; i++)
			strset_add(&all, strset_get(&f->paths[r], i));
	for (size_t i = 0; i < f->prefixes.count; i++) {
		combine(f, strset_get(&f->prefixes, i), ROUTES_QUOTED, &all, &combined);
		combine(f, strset_get(&f->prefixes, i), ROUTES_BARE, &all, &combined);
	}
	for (size_t i = 0; i < f->paths[ROUTES_COMPILED].count && all.count < ROUTES_MAX; i++)
		strset_add(&all, strset_get(&f->paths[ROUTES_COMPILED], i));
	for (size_t i = 0; i < all.count; i++)
		add_filled(strset_get(&all, i), asked, out);
}

void routes_finds_done(struct routes_finds *f)
{
	for (size_t r = 0; r < ROUTES_RANKS; r++)
		strset_done(&f->paths[r]);
	strset_done(&f->prefixes);
	strset_done(&f->dirs);
}
