/* ci/lock/listing.h - what a result holds, entry by entry, as the lines of a lock file that lists all of it singly.
 * A lock file (lock.h) has the same in fewer lines.
 * Paths and names are words (token.h). Lifetime: all zero, any number of _add, _done. Not thread-safe. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/strset.h"
#include "text/sha256.h"

#define CI_LOCK_NO_PACKAGE UINT32_MAX
#define CI_LOCK_MARK 6 /* characters that stand for one entry in a line that sums up many, see slim-lock(5) */

struct ci_lock_entry {
	char *path, *line; /* the line without its newline */
	uint64_t bytes;
	uint32_t package;            /* id in packages; CI_LOCK_NO_PACKAGE = of none */
	bool directory;              /* it is counted with what lies in it, not with what lies beside it */
	char mark[CI_LOCK_MARK + 1]; /* of its path, then of the line: half of the characters each */
};

struct ci_lock_listing {
	uint64_t size_bytes, compressed_bytes;
	struct ci_lock_entry *entries; /* in path order: what is in a directory follows it */
	size_t count, cap;
	struct strset packages; /* "dpkg libssl3 3.0.11-1 amd64" */
	struct strset config;   /* lines: "config Cmd DIGEST" */
};

/* kind: the first word of the line; path: any bytes; facts: what stands behind the path. The line is made of these. */
struct ci_lock_entry *ci_lock_listing_add(struct ci_lock_listing *l, const char *kind, const char *path,
					  const char *facts);
/* The id of a package. Any bytes. */
uint32_t ci_lock_listing_package(struct ci_lock_listing *l, const char *manager, const char *name, const char *version,
				 const char *architecture);
/* A line for each member of the configuration's "config" that says how it runs; NULL = there are none. */
void ci_lock_listing_config(struct ci_lock_listing *l, const json_t *config);
void ci_lock_listing_done(struct ci_lock_listing *l);
#define CLEANUP_CI_LOCK_LISTING CLEANUP(ci_lock_listing_done)
