/* packages/package.h - packages, what they own, and edits of their databases: the data that packages.h returns and each
 * kind of database (database.h) fills in. */
#pragma once

#include "base/strlist.h"
#include "image/index.h"

#define PACKAGES_FILE_MAX (64u << 20) /* one file of a database */
#define PACKAGES_MAX 100000

/* Those of distributions come first. */
enum packages_manager {
	PACKAGES_DPKG,
	PACKAGES_APK,
	PACKAGES_RPM,
	PACKAGES_OPKG,
	PACKAGES_PIP,
	PACKAGES_NPM,
	PACKAGES_GEM
};
#define PACKAGES_MANAGERS (PACKAGES_GEM + 1)
extern const char *const packages_manager_names[]; /* by enum packages_manager */

struct package {
	uint8_t manager; /* enum packages_manager */
	bool essential;  /* every system of the distribution has it, as far as that says so */
	char *name, *version, *architecture;
	char *section; /* what kind of software it is, in dpkg's words ("devel"); NULL = not said */
	char *source;  /* the source package, of dpkg, opkg and apk; NULL = not given, or the same name */
	/* Fields as they stand, of dpkg, opkg and apk; NULL = none. needs: Depends, wants: Recommends. */
	char *needs, *wants;
	bool requested; /* by name, says the manager: it is there for its own sake, not another package's */
	bool unlisted;  /* the database has no list of its files, so it may own any */
};

/* The name of the source that the package was built from; borrowed from p. */
static inline const char *packages_source(const struct package *p)
{
	return p->source ? p->source : p->name;
}

/* Of a distribution, not of a language. */
static inline bool packages_is_of_distribution(const struct package *p)
{
	return p->manager <= PACKAGES_OPKG;
}

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
struct packages_edit {
	uint32_t node;
	struct buf content;
};
struct packages_edits {
	struct packages_edit *items; /* sorted by node */
	size_t count, cap;
};
const struct packages_edit *packages_edits_find(const struct packages_edits *e, uint32_t node); /* or NULL */
void packages_edits_done(struct packages_edits *e);

/* ---- for databases ---- */

/* A field of a record: the n bytes behind the name. */
struct packages_field {
	const char *text;
	size_t n;
};

/* Whether a record's name is valid: databases may hold any bytes. */
static inline bool packages_is_name(struct packages_field name)
{
	return name.n && name.text[0];
}
/* A line of a text: *rest advances behind it. False at the end. */
bool packages_line(const char **rest, const char *end, const char **line, size_t *n);
/* The number of a new package, PACKAGES_NONE for one without a name or one too many. */
uint32_t packages_add(struct packages *p, enum packages_manager manager, struct packages_field name,
		      struct packages_field version, struct packages_field architecture);
/* The number of the manager's first package, or the number of packages. A manager's packages have the order in which
 * they were read. */
uint32_t packages_first(const struct packages *p, enum packages_manager manager);
/* The entry at path (absolute, any bytes) belongs to the package. */
void packages_own(struct packages *p, const struct image_index *x, uint32_t package, const char *path);
struct buf *packages_edit_add(struct packages_edits *e, uint32_t node);
void packages_edits_sort(struct packages_edits *e); /* once all are added */
