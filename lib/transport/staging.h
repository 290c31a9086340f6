/* transport/staging.h - blobs of an image being written, out of sight until it is committed; private to
 * lib/transport/.
 * Shape: a directory ".slim-tmp-..." beside what is written, so that its files can be renamed there. Its
 *   owner holds a flock on it: one that can be locked was left by a process that died, and the next
 *   staging_open of the same parent removes it. One file per blob, named by the hex digits of its digest.
 * Lifetime: the directory is made for the first file, so that a sink that waits for its image leaves nothing even if it
 *   is killed; staging_done removes it with what is still in it. Not thread-safe. */
#pragma once

#include "base/strset.h"
#include "oci/descriptor.h"

struct staging {
	int parent, fd; /* both owned; -1 = none: fd before the first file */
	char *name, *where;
	struct strset names; /* hex digits of what was added */
	uint64_t *sizes;     /* by id of names */
	size_t cap;
};

/* Whether name is that of a staging directory. */
bool staging_is_name(const char *name);

/* Makes sure that the directory can be made. parent is duplicated. where names it in messages. */
int staging_open(int parent, const char *where, struct staging *out, struct err *err) MUST_CHECK;
/* Write d->size bytes of fd from offset 0, or of data, to the disk. */
int staging_put(struct staging *s, const struct oci_descriptor *d, int fd, const void *data,
		struct err *err) MUST_CHECK;
/* A new file of this name, to write and rename away. Returns the fd. */
int staging_create(struct staging *s, const char *name, struct err *err) MUST_CHECK;
/* Flush what was written to fd, staged as name, and rename it to path below dir. */
int staging_publish(struct staging *s, int fd, const char *name, int dir, const char *path, struct err *err) MUST_CHECK;
void staging_done(struct staging *s);
#define CLEANUP_STAGING CLEANUP(staging_done)
