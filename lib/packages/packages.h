/* packages/packages.h - reads the image's package databases, and tells which package each entry of the image belongs
 * to. Of distributions: dpkg (/var/lib/dpkg, and status.d as distroless images have it), apk (/lib/apk/db/installed),
 * rpm (rpmdb.sqlite; older formats are not read), opkg (/usr/lib/opkg and /var/lib/opkg), and chisel's manifest of
 * Debian packages (/var/lib/chisel/manifest.wall), whose manager counts as dpkg; of languages: pip, npm, gems. Hostile
 * until parsed: capped, a record without a name is passed over, and a path that the image does not have owns nothing.
 */
#pragma once

#include "packages/package.h"

/* Whether packages_read may read the file at path (absolute): for callers that have to fetch it first. */
bool packages_may_read(const char *path);
int packages_read(const struct image_index *x, struct packages *out, struct err *err) MUST_CHECK;

/* Makes the databases for a result that has only the entries in kept (by node id). They hold the packages that own at
 * least one kept entry other than a directory, and the kept files of those. A package whose files are not listed stays:
 * a scanner that warns of what is gone does less harm than one that keeps silent. A file of a database that is not in
 * the result has no use without the others. */
int packages_trim(const struct packages *p, const struct image_index *x, const bool *kept, struct packages_edits *out,
		  struct err *err) MUST_CHECK;
