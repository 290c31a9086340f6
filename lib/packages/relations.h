/* packages/relations.h - which installed packages a package needs or wants: goes through the fields `needs` and `wants`
 * of struct package. Format: deb822(5) with deb-control(5)'s relations; apk's "D:". Versions do not count, every
 * installed alternative does, and what only a package's "Provides" names is passed over.
 * Lifetime: _init, any number of _next, _done. Borrows the packages. */
#pragma once

#include "base/strset.h"
#include "packages/package.h"

struct packages_relations {
	struct strset names;
	uint32_t *first; /* by id in names: number of the first package of that name */
};

void packages_relations_init(struct packages_relations *r, const struct packages *p);
void packages_relations_done(struct packages_relations *r);
#define CLEANUP_PACKAGES_RELATIONS CLEANUP(packages_relations_done)
/* The next installed package that a field names; PACKAGES_NONE at its end. *rest: the field at first, or NULL. */
uint32_t packages_relations_next(const struct packages_relations *r, const char **rest);
