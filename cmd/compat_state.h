/* cmd/compat_state.h - what docker-slim's command line has become so far, and the rows that say what becomes of each of
 * its options. */
#pragma once

#include "option.h"

enum compat_value {
	COMPAT_BOOL,
	COMPAT_ONE,
	COMPAT_EACH, /* repeatable; a comma is part of the value */
	COMPAT_MANY, /* repeatable; split at the commas that are not in braces */
};

enum compat_fate {
	COMPAT_SAME,    /* an option of ours has the name and does the same */
	COMPAT_OTHER,   /* another one does it: to */
	COMPAT_NOTHING, /* taken, with a line that says why it changes nothing: note */
	COMPAT_REFUSED, /* an error that says what to do instead: note; a boolean only when it is true */
};

struct compat;
struct compat_row {
	const char *name;
	enum compat_value value;
	enum compat_fate fate;
	/* Ours, a blank between two; %s is the value. "--option", NAME=%s for the environment, or %s alone for an
	 * argument. Of a boolean: when it is true. */
	const char *to;
	const char *note;
	const char *off;         /* of a boolean that is false: what it becomes, as to; NULL = nothing */
	const char *off_refused; /* it can't be false: the error; NULL = it can */
	/* Instead of to, where the value must be read; shown says in the manual what to would. NULL = to. */
	int (*translate)(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
	const char *shown;
};

/* The arguments that ours become; all zero at first. */
struct compat {
	const struct option_table *ours; /* of the verb */
	char **argv;                     /* argv[0] is the verb */
	int argc;
	size_t cap;
	struct strlist owned;     /* what argv borrows beside the command line */
	struct strlist notes;     /* a line for each option that changes nothing */
	struct strlist overrides; /* --image-overrides: what of the run goes into the result */
	char *target;             /* of owned: the argument that another option stands for; NULL = none */
	char *account, *secret;   /* of the registry; wiped */
};

/* One more argument, borrowed; the same with one that is owned from now on, as translate adds it. */
void compat_push(struct compat *c, char *argument);
void compat_add(struct compat *c, char *argument);
void compat_done(struct compat *c);
#define CLEANUP_COMPAT CLEANUP(compat_done)
