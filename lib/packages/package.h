/* packages/package.h - packages, what they own, and edits of their databases: the data that packages.h gives and that
 * each kind of database (database.h) fills in. */
#pragma once

#include "base/strlist.h"
#include "rootfs/index.h"

#define PACKAGES_FILE_MAX (64u << 20) /* one file of a database */
#define PACKAGES_MAX 100000

enum package_manager { PACKAGE_DPKG, PACKAGE_APK, PACKAGE_RPM, PACKAGE_PIP, PACKAGE_NPM, PACKAGE_GEM };
extern const char *const package_manager_names[]; /* by enum package_manager */

struct package {
	uint8_t manager; /* enum package_manager */
	bool essential;  /* every system of the distribution has it, as far as that says so */
	char *name, *version, *architecture;
};

#define PACKAGES_NONE UINT32_MAX
struct packages {
	struct package *items;
	size_t count, cap;
	uint32_t *owner; /* by node id of the index: number of the package; of a directory, the first that names it */
	size_t n_nodes;
	bool has_database;     /* of a distribution, read or not */
	bool *database;        /* by node id: it is a directory of such databases or lies in one */
	struct strlist unread; /* directories of databases in which there is no package that could be read */
};

void packages_done(struct packages *p);
#define CLEANUP_PACKAGES CLEANUP(packages_done)

/* New content of a file of a database. */
struct package_edit {
	uint32_t node;
	struct buf content;
};
struct package_edits {
	struct package_edit *items; /* sorted by node */
	size_t count, cap;
};
const struct package_edit *package_edits_find(const struct package_edits *e, uint32_t node); /* or NULL */
void package_edits_done(struct package_edits *e);

/* ---- for databases ---- */

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
void packages_edits_sort(struct package_edits *e); /* once all are added */
