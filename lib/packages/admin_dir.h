/* packages/admin_dir.h - the directory in which dpkg and opkg keep their database: `status` has a record for each
 * package, and info/ has files of each package, NAME.list with its paths among them. Private to lib/packages/. */
#pragma once

#include "packages/database.h"
#include "packages/file_list.h"
#include "packages/stanza.h"

struct packages_admin_dir {
	const char *directory;
	enum packages_manager manager;
	enum packages_list_form list; /* of NAME.list */
	bool sums;                    /* NAME.md5sums is trimmed as NAME.list is */
	bool control;                 /* NAME.control stays as it is */
};

void packages_admin_dir_read(const struct packages_admin_dir *d, const struct image_index *x, struct packages *p);
/* False if the image has no such database. t->next is the number of the directory's first package. */
bool packages_admin_dir_trim(const struct packages_admin_dir *d, struct packages_trimming *t);
/* A record of an installed package that has a name: whether it remains. Call it once for each record, in the order of
 * reading; *package: its number. */
bool packages_admin_stays(struct packages_trimming *t, const struct packages_stanza *s, uint32_t *package);
