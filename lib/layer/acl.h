/* layer/acl.h - turns a POSIX.1e ACL in text form (SCHILY.acl.*) into the kernel's xattr.
 * Format: <linux/posix_acl_xattr.h>, little-endian, version 2, numeric ids. */
#pragma once

#include <sys/types.h>

#include "layer/entry.h"

struct archive_entry;

/* Give e the xattrs system.posix_acl_access and _default from the ACL that libarchive parsed, unless e has them
 * already. Leaves out an ACL that names a user without a numeric id, or that the kernel would refuse; every container
 * engine leaves out ACLs in text form. The group bits of e->mode become the mask's. */
void layer_acl_to_xattrs(struct archive_entry *from, struct layer_entry *e);
