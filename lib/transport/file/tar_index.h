/* transport/file/tar_index.h - reads the members of a tar file in any order, from several threads; private to
 * lib/transport/.
 * Shape: one pass over the headers at open; a member's data is then read in place. Names are only looked up as strings,
 *   never as paths of this machine; of two members of one name the later one counts.
 * Spec: POSIX pax and ustar, GNU tar's extensions, as libarchive reads them.
 * Lifetime: a reader of a member borrows the index. Reading is thread-safe. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "oci/descriptor.h"
#include "os/io.h"

struct file_tar_index;

struct file_tar_member {
	uint64_t offset, size; /* bytes, in the (decompressed) file */
};

/* path may be compressed or a pipe: it is then spooled into tmp_dir (may be NULL = refuse). ERR_INVAL for what is not a
 * tar, ERR_CORRUPT for one cut short. */
int file_tar_index_open(const char *path, const char *tmp_dir, struct file_tar_index **out, struct err *err) MUST_CHECK;
void file_tar_index_free(struct file_tar_index *t);

/* The regular file of this name; symlinks and hard links to members are followed. ERR_NOTFOUND. */
int file_tar_index_find(const struct file_tar_index *t, const char *name, struct file_tar_member *out,
			struct err *err) MUST_CHECK;
/* Only whether there is one. */
bool file_tar_index_has(const struct file_tar_index *t, const char *name);

struct io_reader file_tar_index_reader(const struct file_tar_index *t, const struct file_tar_member *m);
/* The first n bytes of a member, or all if it is smaller; returns how many. */
size_t file_tar_index_peek(const struct file_tar_index *t, const struct file_tar_member *m, void *out, size_t n);
/* The blob of d as an OCI layout stores it: member blobs/sha256/HEX, of the right size. */
int file_tar_index_blob(const struct file_tar_index *t, const struct oci_descriptor *d, struct io_reader *out,
			struct err *err) MUST_CHECK;
/* The whole of a member of at most max bytes. */
int file_tar_index_read(const struct file_tar_index *t, const char *name, size_t max, struct buf *out,
			struct err *err) MUST_CHECK;
