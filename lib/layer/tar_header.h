/* layer/tar_header.h - writes the header blocks of one tar entry.
 * Spec: POSIX.1-2017 pax, ustar and pax interchange formats; SCHILY.xattr.* as star and Go write them.
 * Why not libarchive's writer: its restricted pax form drops the fraction of times, the full one adds
 * device and inode numbers; it encodes '%' in xattr names, where Go does not decode it; names depend on the
 * locale and bring a hdrcharset record that GNU tar warns of. Here a name that is no ASCII is written as it
 * is in a pax record, as Go does, which wrote nearly every layer there is. */
#pragma once

#include "base/buf.h"
#include "layer/entry.h"

/* Append the blocks (a multiple of 512 bytes): the pax header if ustar does not suffice, and the ustar
 * header. ERR_LIMIT when the pax header would be larger than readers take (1 MiB), ERR_UNSUPPORTED for what
 * tar cannot say (an xattr with '=' in its name). e->path "" is written as "./". */
int layer_tar_header_append(const struct layer_entry *e, struct buf *out, struct err *err) MUST_CHECK;
