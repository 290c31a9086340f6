#include "packages/relations.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strset.h"

/* The next of the names that the text of a field has; NULL at its end. dpkg: "a (>= 1) | b:any, c"; apk: "a b>1 !c". */
static const char *next_name(const char **rest, size_t *n)
{
	const char *at = *rest;
	for (;;) {
		at += strspn(at, " \t,|");
		if (*at != '(') /* a version */
			break;
		at += strcspn(at, ")");
		at += *at == ')';
	}
	const char *name = at;
	*n = strcspn(at, " \t,|(:=<>~");
	at += *n;
	if (*at != '(')
		at += strcspn(at, " \t,|");
	*rest = at;
	return at > name ? name : NULL;
}

/* numbers: by id in names. */
static void add(struct packages_relations *r, const char *field, const struct strset *names, const uint32_t *numbers)
{
	size_t n;
	for (const char *name; field && (name = next_name(&field, &n)) != NULL;) {
		size_t id = n ? strset_find_len(names, name, n) : STRSET_NONE;
		if (id == STRSET_NONE || r->count == PACKAGES_RELATIONS_MAX)
			continue;
		r->others = mem_grow(r->others, r->count, &r->cap, sizeof(*r->others));
		r->others[r->count++] = numbers[id];
	}
}

void packages_relations_init(struct packages_relations *r, const struct packages *p)
{
	CLEANUP_STRSET struct strset names = {0};
	CLEANUP_FREE uint32_t *numbers = mem_calloc(p->count, sizeof(*numbers));
	for (size_t i = 0; i < p->count; i++) {
		bool added = false;
		if (p->items[i].manager > PACKAGES_RPM) /* a language's package may be called as a distribution's */
			continue;
		size_t id = strset_add_len(&names, p->items[i].name, strlen(p->items[i].name), &added);
		if (added) /* the first of several architectures */
			numbers[id] = (uint32_t)i;
	}
	*r = (struct packages_relations){.first = mem_calloc(2 * p->count + 1, sizeof(*r->first))};
	for (size_t i = 0; i < p->count; i++) {
		r->first[2 * i + PACKAGES_NEEDS] = (uint32_t)r->count;
		add(r, p->items[i].needs, &names, numbers);
		r->first[2 * i + PACKAGES_WANTS] = (uint32_t)r->count;
		add(r, p->items[i].wants, &names, numbers);
	}
	r->first[2 * p->count] = (uint32_t)r->count;
}

void packages_relations_done(struct packages_relations *r)
{
	free(r->others);
	free(r->first);
	*r = (struct packages_relations){0};
}
