/* unpack/holes.h - the holes of sparse files, which cost nothing to store and as much as any bytes to read. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "os/walk.h"
#include "store/store.h"

/* ERR_LIMIT if an image has so many bytes in holes and the store's limit is lower. */
int unpack_check_holes(const struct store *s, uint64_t bytes, struct err *err) MUST_CHECK;
/* Returns how many bytes of the regular file are holes; 0 if the file can't be read. */
uint64_t unpack_file_holes(const struct walk_entry *e);
