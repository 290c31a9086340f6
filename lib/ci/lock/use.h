/* ci/lock/use.h - the lock file of a build: read before the work, compared with the result, written if that is
 * published.
 * Lifetime: all zero, _open, _compare, _write, _done; none but _done without a file. */
#pragma once

#include "ci/lock/lock.h"
#include "ci/lock/tree.h"
#include "report/checks/lock.h"

struct ci_lock_options {
	const char *file; /* NULL = none; the rest does not matter then */
	bool check;       /* it must be there, and the result must hold what it says */
	bool update;      /* write it anew */
};

struct ci_lock_use {
	struct ci_lock old;
	bool has_old;
	struct ci_lock_listing now;
};

/* Reads the file. A missing one is an error if it is checked (ERR_NOTFOUND). One that is written anew need not be
 * readable as a lock file. */
int ci_lock_use_open(struct ci_lock_use *u, const struct ci_lock_options *o, struct err *err) MUST_CHECK;
/* Lists the tree and fills the report. config: of the result; sizes: of now, set by the caller before _write. */
int ci_lock_use_compare(struct ci_lock_use *u, const struct ci_lock_options *o, const struct ci_lock_tree *tree,
			const json_t *config, struct report_lock *out, struct err *err) MUST_CHECK;
/* Writes the file if it is new or to be updated, and has changed. */
int ci_lock_use_write(const struct ci_lock_use *u, const struct ci_lock_options *o, struct report_lock *out,
		      struct err *err) MUST_CHECK;
void ci_lock_use_done(struct ci_lock_use *u);
