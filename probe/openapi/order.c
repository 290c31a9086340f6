#include "probe/openapi/order.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

enum phase { REGISTER, CREATE, READ, UPDATE, DELETE, LAST };

struct place {
	enum phase phase;
	long depth; /* of the path; the deepest first where things are deleted */
	size_t id;
	struct openapi_operation operation;
};

/* Return the last part of a path that is not a parameter, in lower case and without separators: "logout". */
static char *last_word(const char *path)
{
	struct buf b = {0};
	size_t depth = 0;
	buf_str(&b, "");
	for (; *path && *path != '?' && *path != '#'; path++) {
		depth += *path == '{';
		if (*path == '/' && path[1] && path[1] != '{') {
			b.len = 0;
			b.data[0] = '\0';
		} else if (!depth && ((*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z'))) {
			buf_char(&b, (char)(*path | 0x20));
		}
		depth -= *path == '}' && depth;
	}
	return buf_steal(&b);
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static bool ends_in_parameter(const char *path)
{
	size_t n = strcspn(path, "?#");
	while (n && path[n - 1] == '/')
		n--;
	return n && path[n - 1] == '}';
}

static enum phase phase_of(const struct openapi_resources *r, const struct openapi_operation *o)
{
	static const char *const first[] = {"register", "signup", "setup", NULL};
	static const char *const last[] = {"logout", "signout", "logoff",    "shutdown", "stop", "quit",
					   "exit",   "restart", "terminate", "reset",    NULL};
	CLEANUP_FREE char *word = last_word(o->path);
	const bool item = ends_in_parameter(o->path);
	if (is_one_of(word, last))
		return LAST;
	if (strcmp(o->method, "DELETE") == 0)
		return DELETE;
	if (strcmp(o->method, "POST") == 0)
		return item ? UPDATE : is_one_of(word, first) ? REGISTER : CREATE;
	if (strcmp(o->method, "PATCH") == 0)
		return UPDATE;
	if (strcmp(o->method, "PUT") != 0)
		return READ;
	/* where nothing else makes it, PUT does */
	const struct openapi_resource *of = item ? openapi_resources_of(r, o, NULL) : NULL;
	return item && (!of || !of->maker || strcmp(of->maker, "POST") != 0) ? CREATE : UPDATE;
}

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->phase != y->phase)
		return x->phase < y->phase ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

void openapi_order(const struct openapi_resources *r, struct openapi_operations *o)
{
	struct place *places = mem_calloc(o->count, sizeof(*places));
	for (size_t i = 0; i < o->count; i++) {
		struct place *p = &places[i];
		*p = (struct place){.phase = phase_of(r, &o->items[i]), .id = i, .operation = o->items[i]};
		for (const char *s = o->items[i].path; *s; s++)
			p->depth += *s == '/' && s[1];
		if (p->phase == DELETE)
			p->depth = -p->depth;
	}
	if (o->count)
		qsort(places, o->count, sizeof(*places), compare);
	for (size_t i = 0; i < o->count; i++)
		o->items[i] = places[i].operation;
	free(places);
}
