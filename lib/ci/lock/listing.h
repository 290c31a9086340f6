/* ci/lock/listing.h - the content of a result, with a line of the lock file's form for each entry. A lock file (lock.h)
 * sums up many of these lines.
 * Paths and names are words (token.h). Lifetime: all zero, any number of _add, _done. Not thread-safe. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/strset.h"
#include "text/sha256.h"

#define CI_LOCK_NO_PACKAGE UINT32_MAX
#define CI_LOCK_MARK 6 /* characters for each entry of a line that sums up many, see slim-lock(5) */

struct ci_lock_entry {
	char *path, *line; /* the line without its newline */
	uint64_t bytes;
	uint32_t package;            /* id in packages, or CI_LOCK_NO_PACKAGE */
	bool directory;              /* it counts with its own entries, not with those beside it */
	char mark[CI_LOCK_MARK + 1]; /* half of the characters for its path, half for the line */
};

struct ci_lock_listing {
	uint64_t size_bytes, compressed_bytes;
	struct ci_lock_entry *entries; /* in path order: a directory comes before its entries */
	size_t count, cap;
	struct strset packages; /* "dpkg libssl3 3.0.11-1 amd64" */
	struct strset config;   /* lines: "config Cmd DIGEST" */
};

/* Makes the line from kind, its first word, path, which may have any bytes, and facts, the rest of the line. */
struct ci_lock_entry *ci_lock_listing_add(struct ci_lock_listing *l, const char *kind, const char *path,
					  const char *facts);
/* Returns the id of a package, whose texts may have any bytes. */
uint32_t ci_lock_listing_package(struct ci_lock_listing *l, const char *manager, const char *name, const char *version,
				 const char *architecture);
/* Adds a line for each member of the configuration's "config" that decides how the image runs; NULL = no config. */
void ci_lock_listing_config(struct ci_lock_listing *l, const json_t *config);
void ci_lock_listing_done(struct ci_lock_listing *l);
#define CLEANUP_CI_LOCK_LISTING CLEANUP(ci_lock_listing_done)
