/* report/checks/lock.h - the changes of a result since its lock file was written. ci/lock finds them; this file holds,
 * prints and exports them. All zero: no lock file was given. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"

struct report_lock {
	char *file;
	const char *state;    /* "new" "same" "changed" "updated"; NULL = the build did not get so far */
	struct strlist lines; /* one for each change, for a person; escaped for a terminal */
};

/* {"file", "state", "changes": [...]}; null if no lock file was given. */
json_t *report_lock_json(const struct report_lock *l);
/* Appends a line, and one for each of the first changes, in columns; nothing if no lock file was given. published: the
 * result was published, and the lock file written. */
void report_lock_text(const struct report_lock *l, bool published, struct buf *out);
/* "3 changes: libssl3 3.0.11-1 dropped; /app/main.py changed; and 1 more"; free(). */
char *report_lock_summary(const struct report_lock *l);
void report_lock_done(struct report_lock *l);
