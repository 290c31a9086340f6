/* transport/tar_index.h - the members of a tar file, to be read in any order and by several threads;
 * private to lib/transport/.
 * Shape: one pass over the headers at open; a member's data is then read in place. Names are only looked
 *   up as strings, never as paths of this machine; of two members of one name the later one counts.
 * Spec: POSIX pax and ustar, GNU tar's extensions, as libarchive reads them.
 * Lifetime: a reader of a member borrows the index. Reading is thread-safe. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/io.h"
#include "oci/descriptor.h"

struct tar_index;

struct tar_member {
	uint64_t offset, size; /* bytes, in the (decompressed) file */
};

/* path may be compressed or a pipe: it is then spooled into tmp_dir (may be NULL = refuse). ERR_INVAL for
 * what is not a tar, ERR_CORRUPT for one cut short. */
int tar_index_open(const char *path, const char *tmp_dir, struct tar_index **out, struct err *err) MUST_CHECK;
void tar_index_free(struct tar_index *t);

/* The regular file of this name; symlinks and hard links to members are followed. ERR_NOTFOUND. */
int tar_index_find(const struct tar_index *t, const char *name, struct tar_member *out, struct err *err) MUST_CHECK;
/* Only whether there is one. */
bool tar_index_has(const struct tar_index *t, const char *name);

struct io_reader tar_index_reader(const struct tar_index *t, const struct tar_member *m);
/* The first n bytes of a member, or all if it is smaller; returns how many. */
size_t tar_index_peek(const struct tar_index *t, const struct tar_member *m, void *out, size_t n);
/* The blob of d as an OCI layout stores it: member blobs/sha256/HEX, of the right size. */
int tar_index_blob(const struct tar_index *t, const struct oci_descriptor *d, struct io_reader *out,
		   struct err *err) MUST_CHECK;
/* The whole of a member of at most max bytes. */
int tar_index_read(const struct tar_index *t, const char *name, size_t max, struct buf *out,
		   struct err *err) MUST_CHECK;
