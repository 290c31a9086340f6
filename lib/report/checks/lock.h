/* report/checks/lock.h - what a build changed since its lock file was written. Found by ci/lock; here it is data, JSON
 * and text. All zero: there is no lock file. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"

struct report_lock {
	char *file;
	const char *state;    /* "new" "same" "changed" "updated"; NULL = the build did not get so far */
	struct strlist lines; /* a change each, for a person; escaped for a terminal */
};

/* {"file", "state", "changes": [...]}; null without a lock file. */
json_t *report_lock_json(const struct report_lock *l);
/* A line, and one for each of the first changes, in columns; nothing without a lock file. published: the result was,
 * and with it the lock file written. */
void report_lock_text(const struct report_lock *l, bool published, struct buf *out);
/* "3 changes: libssl3 3.0.11-1 dropped; /app/main.py changed; and 1 more"; free(). */
char *report_lock_summary(const struct report_lock *l);
void report_lock_done(struct report_lock *l);
