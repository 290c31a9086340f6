/* packages/relations.h - which installed packages a package needs or wants, by the fields `needs` and `wants` of struct
 * package. Format: deb822(5) with deb-control(5)'s relations; apk's "D:". Versions do not count, every installed
 * alternative does, and what only a package's "Provides" names is passed over.
 * Lifetime: _init, any number of _of, _done. Does not look at the packages later. */
#pragma once

#include "packages/package.h"

#define PACKAGES_RELATIONS_MAX (1u << 20) /* of all packages; further ones are left out */

enum packages_relation { PACKAGES_NEEDS, PACKAGES_WANTS };

struct packages_relations {
	uint32_t *others; /* numbers of packages; those of a package are consecutive */
	size_t count, cap;
	uint32_t *first; /* by 2 * number of the package + enum packages_relation, and one behind the last */
};

void packages_relations_init(struct packages_relations *r, const struct packages *p);
void packages_relations_done(struct packages_relations *r);
#define CLEANUP_PACKAGES_RELATIONS CLEANUP(packages_relations_done)

/* The numbers of the packages that a package has that relation to; *n: how many. NULL if no package has any. */
static inline const uint32_t *packages_relations_of(const struct packages_relations *r, uint32_t package,
						    enum packages_relation kind, size_t *n)
{
	const uint32_t *at = &r->first[2 * package + kind];
	*n = at[1] - at[0];
	return r->others ? r->others + at[0] : NULL;
}
