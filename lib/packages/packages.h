/* packages/packages.h - the packages of the image, as its own databases name them, and which of them each entry of the
 * image belongs to. Of distributions: dpkg (/var/lib/dpkg, and status.d as distroless images have it), apk
 * (/lib/apk/db/installed), rpm (rpmdb.sqlite; older formats are not read); of languages: pip, npm, gems. Hostile until
 * parsed: capped, a record without a name is passed over, and a path that the image does not have owns nothing. */
#pragma once

#include "base/strlist.h"
#include "rootfs/index.h"

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

int packages_read(const struct rootfs_index *x, struct packages *out, struct err *err) MUST_CHECK;
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
/* The databases as they are to be when only the entries in kept (by node id) remain: the packages that own one of
 * them that is no directory, and of their files those. A file of a database that is not in the result has no use
 * without the others. */
int packages_trim(const struct packages *p, const struct rootfs_index *x, const bool *kept, struct package_edits *out,
		  struct err *err) MUST_CHECK;
const struct package_edit *package_edits_find(const struct package_edits *e, uint32_t node); /* or NULL */
void package_edits_done(struct package_edits *e);
