/* layer/acl.h - turns a POSIX.1e ACL in text form (SCHILY.acl.*) into the kernel's xattr.
 * Format: <linux/posix_acl_xattr.h>, little-endian, version 2, numeric ids. */
#pragma once

#include <sys/types.h>

#include "layer/entry.h"

struct archive_entry;

/* Give e the xattrs system.posix_acl_access and _default from what libarchive parsed, unless it has
 * them already. An ACL with a name that no numeric id comes with, or one the kernel would refuse, is left
 * out (as every container engine leaves out ACLs in text form). e->mode's group bits become the mask's. */
void layer_acl_to_xattrs(struct archive_entry *from, struct layer_entry *e);
