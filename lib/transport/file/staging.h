/* transport/file/staging.h - holds the blobs of an image being written, out of sight until it is committed; private
 * to lib/transport/.
 * Shape: a directory ".slim-tmp-..." beside the destination, so that its files can be renamed there. Its owner holds
 * a
 *   flock on it. A directory that can be locked was left by a process that died; the next file_staging_open of the
 *   same
 *   parent removes it. One file per blob, named by the hex digits of its digest.
 * Lifetime: the directory is made for the first file, so that a sink that waits for its image leaves nothing even if
 * it
 *   is killed; file_staging_done removes it with what is still in it. Not thread-safe. */
#pragma once

#include "base/strset.h"
#include "oci/descriptor.h"

struct file_staging {
	int parent, fd; /* both owned; -1 = none: fd before the first file */
	char *name, *where;
	struct strset names; /* hex digits of what was added */
	uint64_t *sizes;     /* by id of names */
	size_t cap;
};

/* Whether name is that of a staging directory. */
bool file_staging_is_name(const char *name);

/* Makes sure that the directory can be made. parent is duplicated. where names it in messages. */
int file_staging_open(int parent, const char *where, struct file_staging *out, struct err *err) MUST_CHECK;
/* Write d->size bytes of fd from offset 0, or of data, to the disk. */
int file_staging_put(struct file_staging *s, const struct oci_descriptor *d, int fd, const void *data,
		     struct err *err) MUST_CHECK;
/* A new file of this name, to write and rename away. Returns the fd. */
int file_staging_create(struct file_staging *s, const char *name, struct err *err) MUST_CHECK;
/* Flush what was written to fd, staged as name, and rename it to path below dir. */
int file_staging_publish(struct file_staging *s, int fd, const char *name, int dir, const char *path,
			 struct err *err) MUST_CHECK;
void file_staging_done(struct file_staging *s);
#define CLEANUP_FILE_STAGING CLEANUP(file_staging_done)
