/* packages/database.h - a kind of package database: a table of them is in packages.c. Private to lib/packages/. */
#pragma once

#include "packages/package.h"

struct package_database {
	const char *directory; /* all of the database lies below it; NULL = it has no place of its own */
	/* NULL = another row reads it */
	int (*read)(const struct rootfs_index *x, struct packages *p, struct err *err);
	/* remains: by number of the package. NULL = there is nothing to trim. */
	int (*trim)(const struct packages *p, const struct rootfs_index *x, const bool *kept, const bool *remains,
		    struct package_edits *out, struct err *err);
};

extern const struct package_database package_database_dpkg;
extern const struct package_database package_database_apk;
extern const struct package_database package_database_rpm;
extern const struct package_database package_database_rpm_sysimage; /* the other place of the same */
extern const struct package_database package_database_language;     /* last: what no other owns */
