#include "base/strlist.h"

#include <string.h>

#include "base/mem.h"

void strlist_take(struct strlist *l, char *s)
{
	l->items = mem_grow(l->items, l->count + 1, &l->cap, sizeof(*l->items));
	l->items[l->count++] = s;
	l->items[l->count] = NULL;
}

void strlist_add(struct strlist *l, const char *s)
{
	strlist_take(l, mem_strdup(s));
}

void strlist_extend(struct strlist *l, const struct strlist *more)
{
	for (size_t i = 0; i < more->count; i++)
		strlist_add(l, more->items[i]);
}

bool strlist_has(const struct strlist *l, const char *s)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->items[i], s) == 0)
			return true;
	return false;
}

void strlist_set_env(struct strlist *l, const char *assignment)
{
	size_t n = strcspn(assignment, "=");
	for (size_t i = 0; i < l->count; i++)
		if (strncmp(l->items[i], assignment, n) == 0 && (l->items[i][n] == '=' || !l->items[i][n])) {
			free(l->items[i]);
			l->items[i] = mem_strdup(assignment);
			return;
		}
	strlist_add(l, assignment);
}

const char *strlist_get_env(const struct strlist *l, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < l->count; i++)
		if (strncmp(l->items[i], name, n) == 0 && l->items[i][n] == '=')
			return l->items[i] + n + 1;
	return NULL;
}

void strlist_done(struct strlist *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i]);
	free(l->items);
	*l = (struct strlist){0};
}
