/* packages/database.h - the table of a kind of package database; packages.c lists all of them. Private to
 * lib/packages/. */
#pragma once

#include "packages/package.h"

struct packages_database {
	const char *directory; /* all of the database lies below it; NULL = it has no place of its own */
	/* NULL = another row reads it */
	int (*read)(const struct image_index *x, struct packages *p, struct err *err);
	/* remains: by number of the package. NULL = there is nothing to trim. */
	int (*trim)(const struct packages *p, const struct image_index *x, const bool *kept, const bool *remains,
		    struct packages_edits *out, struct err *err);
};

/* What a trim works with, for databases that are trimmed in parts. */
struct packages_trimming {
	const struct packages *p;
	const struct image_index *x;
	const bool *kept, *remains;
	struct packages_edits *out;
	uint32_t next; /* number of the next package: records come in the order in which they were read */
};

extern const struct packages_database packages_database_dpkg;
extern const struct packages_database packages_database_apk;
extern const struct packages_database packages_database_rpm;
extern const struct packages_database packages_database_rpm_sysimage; /* the other place of the same */
extern const struct packages_database packages_database_opkg;
extern const struct packages_database packages_database_opkg_var; /* the other place of the same */
extern const struct packages_database packages_database_chisel;   /* behind dpkg: it may list the same packages */
extern const struct packages_database packages_database_language; /* last: what no other owns */

/* Whether the node is a directory, or a symlink to one: /lib stands in many lists, and is nobody's. */
bool packages_leads_to_directory(const struct image_index *x, uint32_t id);

/* Call it once all packages are known: marks those that were asked for by name, according to apt's extended_states(5)
 * and apk's world. Marks that dpkg has set so far count as candidates. */
void packages_requested_read(const struct image_index *x, struct packages *p);
