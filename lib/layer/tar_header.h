/* layer/tar_header.h - writes the header blocks of one tar entry.
 * Spec: POSIX.1-2017 pax, ustar and pax interchange formats; SCHILY.xattr.* as star and Go write them.
 * libarchive's writer does not do: its restricted pax form drops the fraction of times, and the full one adds device
 * and inode numbers. It encodes '%' in xattr names, which Go does not decode. Its names depend on the locale and
 * bring a hdrcharset record that GNU tar warns of. Here a name that is not ASCII is written as it is into a pax
 * record, as Go does, which wrote nearly every layer there is. */
#pragma once

#include "base/buf.h"
#include "layer/entry.h"

/* Append the blocks (a multiple of 512 bytes): the pax header if ustar does not suffice, and the ustar header.
 * ERR_LIMIT if the pax header is larger than readers take (1 MiB). ERR_UNSUPPORTED for an attribute that tar can't
 * hold (an xattr with '=' in its name). e->path "" is written as "./". */
int layer_tar_header_append(const struct layer_entry *e, struct buf *out, struct err *err) MUST_CHECK;
