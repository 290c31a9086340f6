/* packages/file_list.h - the paths of a package, one a line, as managers keep them in a file of their own. */
#pragma once

#include "packages/package.h"

enum packages_list_form {
	PACKAGES_LIST,      /* "/usr/bin/x", of dpkg */
	PACKAGES_LIST_TABS, /* "/usr/bin/x", behind which a tab and more may follow, of opkg */
	PACKAGES_SUMS,      /* "HASH  usr/bin/x", deb-md5sums(5) */
};

void packages_list_own(struct packages *p, const struct image_index *x, uint32_t package, const struct buf *text,
		       enum packages_list_form form);
/* Appends the lines whose paths are kept. */
void packages_list_keep(const struct image_index *x, const struct buf *text, enum packages_list_form form,
			const bool *kept, struct buf *out);
