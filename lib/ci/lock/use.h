/* ci/lock/use.h - the lock file of a build: reads it before the work, compares it with the result, and writes it if
 * the result is published.
 * Lifetime: all zero, _open, _compare, _write, _done; none but _done without a file. */
#pragma once

#include "ci/lock/lock.h"
#include "ci/lock/tree.h"
#include "report/checks/lock.h"

struct ci_lock_options {
	const char *file; /* NULL = no lock file; then the rest is ignored */
	bool check;       /* fail if it is missing or the result differs from it */
	bool update;      /* rewrite it */
};

struct ci_lock_use {
	struct ci_lock old;
	bool has_old;
	struct ci_lock_listing now;
};

/* Reads the file. With check a missing file is an error (ERR_NOTFOUND). With update the file may be malformed. */
int ci_lock_use_open(struct ci_lock_use *u, const struct ci_lock_options *o, struct err *err) MUST_CHECK;
/* Lists the tree and fills the report. config is that of the result. The caller sets the sizes of now before _write. */
int ci_lock_use_compare(struct ci_lock_use *u, const struct ci_lock_options *o, const struct ci_lock_tree *tree,
			const json_t *config, struct report_lock *out, struct err *err) MUST_CHECK;
/* Writes the file if it is missing, or if update is set and the content changed. */
int ci_lock_use_write(const struct ci_lock_use *u, const struct ci_lock_options *o, struct report_lock *out,
		      struct err *err) MUST_CHECK;
void ci_lock_use_done(struct ci_lock_use *u);
