/* ci/lock/lock.h - reads and writes a lock file, slim.lock: the content of a result, in lines that git compares and
 * merges. slim-lock(5) describes the format. A package has one line with a sum over its files. Files that belong to no
 * package have a line each; if there are too many, the fullest directories get one line each. The same listing gives
 * the same bytes. A lock file is untrusted: limits.h has its caps. Not thread-safe. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "ci/lock/listing.h"

#define CI_LOCK_SCHEMA "slim.lock/v1"
#define CI_LOCK_LINES 2000 /* for entries of no package, at most */

/* Sorted by name, like the lines. */
enum ci_lock_kind {
	CI_LOCK_CONFIG,    /* a member of the configuration */
	CI_LOCK_DIRECTORY, /* an empty one, or one whose owner or mode differs from the one above */
	CI_LOCK_FILE,
	CI_LOCK_FILES, /* the sum of a directory's files, and of those below it that have no nearer line */
	CI_LOCK_LINK,
	CI_LOCK_PACKAGE, /* the sum of its kept files */
	CI_LOCK_SPECIAL, /* a device or a fifo */
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

/* Parses a line of n bytes and adds it. ERR_CORRUPT. */
int ci_lock_add(struct ci_lock *l, const char *line, size_t n, struct err *err) MUST_CHECK;
void ci_lock_done(struct ci_lock *l);
#define CLEANUP_CI_LOCK CLEANUP(ci_lock_done)

/* Appends the text of a lock file for the listing. */
void ci_lock_write(const struct ci_lock_listing *l, struct buf *out);

/* Parses n untrusted bytes. Lines may stand in any order, and may end with a carriage return. *out must be all zero and
 * stays so on failure. ERR_UNSUPPORTED: another schema or an unknown kind of line. Messages name the line's number. */
int ci_lock_parse(const char *data, size_t n, struct ci_lock *out, struct err *err) MUST_CHECK;
