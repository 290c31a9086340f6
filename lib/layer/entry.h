/* layer/entry.h - one entry of a layer: the content of its tar header, with the types of struct stat. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"

struct layer_xattr {
	char *name;
	void *value;
	size_t len;
};

struct layer_entry {
	char *path;  /* relative, no leading, double or trailing slash, no "." or ".." component; "" = the root */
	mode_t mode; /* type and permission bits (S_IFREG, ...); a hard link has the type S_IFREG and hardlink set */
	uid_t uid;
	gid_t gid;
	uint64_t size;  /* of a regular file's content, in bytes */
	uint64_t holes; /* how many of them a sparse map leaves out; only a reader tells */
	uint64_t start; /* of a regular file's content: its offset in the tar, in bytes; only a reader tells */
	bool mapped;    /* the content in the tar is not the file's bytes in one piece: a sparse map describes it */
	struct timespec mtime;
	dev_t rdev; /* of device nodes */
	char *link; /* symlink target as written, or the path a hard link names (normalised like path) */
	bool hardlink;
	struct layer_xattr *xattrs; /* sorted by name; POSIX ACLs as system.posix_acl_access / _default */
	size_t n_xattrs;
};

void layer_entry_done(struct layer_entry *e);
void layer_entry_add_xattr(struct layer_entry *e, const char *name, const void *value, size_t len); /* keeps order */

/* Appends an entry's path (n bytes) as messages show it: escaped, and only the end of a long one. */
void layer_entry_show(const char *path, size_t n, struct buf *out);
/* Puts 'entry "PATH": ' before the message of err, as err_wrap does, and returns its code. A message that has an
 * entry before it already stays as it is. */
int layer_entry_wrap(const char *path, size_t n, struct err *err);
