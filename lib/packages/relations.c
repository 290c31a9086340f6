#include "packages/relations.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void packages_relations_init(struct packages_relations *r, const struct packages *p)
{
	*r = (struct packages_relations){.first = mem_calloc(p->count, sizeof(*r->first))};
	for (size_t i = 0; i < p->count; i++) {
		const struct package *one = &p->items[i];
		bool added = false;
		if (one->manager > PACKAGES_RPM) /* a language's package may be called as a distribution's */
			continue;
		size_t id = strset_add_len(&r->names, one->name, strlen(one->name), &added);
		if (added)
			r->first[id] = (uint32_t)i;
	}
}

void packages_relations_done(struct packages_relations *r)
{
	strset_done(&r->names);
	free(r->first);
	*r = (struct packages_relations){0};
}

/* dpkg: "a (>= 1) | b:any, c"; apk: "a b>1 !c". */
uint32_t packages_relations_next(const struct packages_relations *r, const char **rest)
{
	const char *at = *rest ? *rest : "";
	while (*at) {
		at += strspn(at, " \t,|");
		if (*at == '(') { /* a version */
			at += strcspn(at, ")");
			at += *at == ')';
			continue;
		}
		size_t n = strcspn(at, " \t,|(:=<>~"), found = n ? strset_find_len(&r->names, at, n) : STRSET_NONE;
		at += n;
		if (*at && *at != '(')
			at += strcspn(at, " \t,|");
		if (found != STRSET_NONE) {
			*rest = at;
			return r->first[found];
		}
	}
	*rest = at;
	return PACKAGES_NONE;
}
