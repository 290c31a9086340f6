/* packages/database.h - what the kinds of package databases share. Private to lib/packages/. */
#pragma once

#include "packages/packages.h"

#define PACKAGES_FILE_MAX (64u << 20) /* one file of a database */
#define PACKAGES_MAX 100000

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

/* A field of a record: the n bytes behind the name. */
struct package_field {
	const char *text;
	size_t n;
};

/* A line of a text: *rest advances behind it. False at the end. */
bool package_line(const char **rest, const char *end, const char **line, size_t *n);
/* The number of a new package, PACKAGES_NONE for one without a name or one too many. */
uint32_t package_add(struct packages *p, enum package_manager manager, struct package_field name,
		     struct package_field version, struct package_field architecture);
/* The entry at path (absolute, any bytes) belongs to the package. */
void package_own(struct packages *p, const struct rootfs_index *x, uint32_t package, const char *path);
struct buf *package_edit_add(struct package_edits *e, uint32_t node);
