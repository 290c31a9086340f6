/* opkg's database, of images that OpenWrt and Yocto make: status and info/ as dpkg has them, with NAME.control beside
 * NAME.list. Newer versions of opkg write the mode of a path and the target of a symlink behind a tab. */
#include "packages/admin_dir.h"

#define USR "/usr/lib/opkg" /* OpenWrt */
#define VAR "/var/lib/opkg" /* Yocto */

static const struct packages_admin_dir admin_dirs[] = {
    {.directory = USR, .manager = PACKAGES_OPKG, .list = PACKAGES_LIST_TABS, .control = true},
    {.directory = VAR, .manager = PACKAGES_OPKG, .list = PACKAGES_LIST_TABS, .control = true},
};

/* Both may be the same directory, by a symlink. */
static size_t count_dirs(const struct image_index *x)
{
	uint32_t first = image_index_resolve(x, USR, true, NULL, NULL);
	return first != IMAGE_NONE && first == image_index_resolve(x, VAR, true, NULL, NULL) ? 1 : 2;
}

static int read_database(const struct image_index *x, struct packages *p, struct err *err)
{
	for (size_t i = 0; i < count_dirs(x); i++)
		packages_admin_dir_read(&admin_dirs[i], x, p);
	return 0;
}

static int trim_database(const struct packages *p, const struct image_index *x, const bool *kept, const bool *remains,
			 struct packages_edits *out, struct err *err)
{
	struct packages_trimming t = {p, x, kept, remains, out, packages_first(p, PACKAGES_OPKG)};
	for (size_t i = 0; i < count_dirs(x); i++)
		(void)packages_admin_dir_trim(&admin_dirs[i], &t); /* an image may have neither */
	return 0;
}

const struct packages_database packages_database_opkg = {USR, read_database, trim_database};
const struct packages_database packages_database_opkg_var = {.directory = VAR};
