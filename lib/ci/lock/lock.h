/* ci/lock/lock.h - a lock file, slim.lock: what a result holds, in lines that git compares and merges; described in
 * slim-lock(5). The files of a package are one line with their sum. Files of no package are a line each, as long as
 * there are not too many; of more, the fullest directories become one line each.
 * The same listing gives the same bytes. What is read comes from outside: see limits.h for its caps.
 * Not thread-safe. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "ci/lock/listing.h"

#define CI_LOCK_SCHEMA "slim.lock/v1"
#define CI_LOCK_LINES 2000 /* for entries of no package, at most */

/* By name: the order of the lines. */
enum ci_lock_kind {
	CI_LOCK_CONFIG,    /* a member of the configuration */
	CI_LOCK_DIRECTORY, /* an empty one, or one with another owner or mode than the one above it */
	CI_LOCK_FILE,
	CI_LOCK_FILES, /* the sum of what lies in a directory, and below it if nearer lines do not have it */
	CI_LOCK_LINK,
	CI_LOCK_PACKAGE, /* the sum of what is kept of it */
	CI_LOCK_SPECIAL, /* a device, a fifo */
};
#define CI_LOCK_KINDS (CI_LOCK_SPECIAL + 1)
extern const char *const ci_lock_kind_names[CI_LOCK_KINDS];

/* A line. */
struct ci_lock_item {
	uint8_t kind; /* enum ci_lock_kind */
	char *line;
	const char *key, *facts; /* in line: the word behind the kind (a package's four words), n_key bytes; the rest */
	size_t n_key;
	/* Of CI_LOCK_FILES and CI_LOCK_PACKAGE, from facts. */
	uint64_t count, bytes;
	const char *digest; /* 64 hex digits: SHA-256 of the lines that these entries would be */
	const char *marks;  /* CI_LOCK_MARK characters an entry, to the end of the line */
};

struct ci_lock {
	uint64_t size_bytes, compressed_bytes; /* of the result; 0 = not known */
	struct ci_lock_item *items;
	size_t count, cap;
};

/* Adds the line of n bytes, cut into its parts. ERR_CORRUPT if it has no form of a line. */
int ci_lock_add(struct ci_lock *l, const char *line, size_t n, struct err *err) MUST_CHECK;
void ci_lock_done(struct ci_lock *l);
#define CLEANUP_CI_LOCK CLEANUP(ci_lock_done)

/* The text of a lock file of the listing. */
void ci_lock_write(const struct ci_lock_listing *l, struct buf *out);

/* n bytes of any origin. Lines may stand in any order, and end with a carriage return. *out must be all zero and stays
 * so on failure. ERR_UNSUPPORTED: another schema or an unknown kind of line. The messages tell the number of the line.
 */
int ci_lock_parse(const char *data, size_t n, struct ci_lock *out, struct err *err) MUST_CHECK;
