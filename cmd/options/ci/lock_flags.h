/* cmd/options/ci/lock_flags.h - the options of the lock file. */
#pragma once

#include "ci/lock/use.h"
#include "cmd/options/option.h"

/* A member of build_flags. */
struct lock_flags {
	const char *file;
	bool check, update;
};

extern const struct option_group lock_flags_group;

/* Fills *out, which borrows from f. */
int lock_flags_parse(const struct lock_flags *f, struct ci_lock_options *out, struct err *err) MUST_CHECK;
