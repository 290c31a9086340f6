/* packages/stanza.h - a record of a package in the control format of Debian, which dpkg and opkg use. Format:
 * deb822(5), deb-control(5). Borrowed from the text. */
#pragma once

#include "packages/package.h"

struct packages_stanza {
	const char *start, *end; /* the whole record, without the empty line behind it */
	struct packages_field name, version, architecture, status, essential, priority, section, source, pre_depends,
	    depends, recommends;
};

/* The next record of a text: *rest advances behind it. False at the end. */
bool packages_stanza_next(const char **rest, const char *end, struct packages_stanza *s);
/* A record without a status counts as one of an installed package. */
bool packages_stanza_is_installed(const struct packages_stanza *s);
/* The number of a new package with these fields; PACKAGES_NONE for one that is not installed, without a name, or one
 * too many. */
uint32_t packages_stanza_add(struct packages *p, enum packages_manager manager, const struct packages_stanza *s);
/* Appends the whole record, and one empty line. */
void packages_stanza_copy(const struct packages_stanza *s, struct buf *out);
