/* cmd/compat.h - docker-slim's command lines (SlimToolkit's, mint's), run as they are: a const table says of each of
 * their options what becomes of it here, and the arguments are put into ours before they are parsed. The table of
 * slim-docker-slim(7) is this one; a unit test compares them.
 * Their syntax (Go's flag package, urfave/cli 2): --name=value, --name value, --name=true|false or --name alone for
 * booleans; lists are repeated, and most are also split at commas. */
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

extern const struct compat_row compat_build_rows[], compat_global_rows[];
extern const size_t compat_n_build_rows, compat_n_global_rows;

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

/* The options before the verb: up to argv[*verb], which is argc when there is none. Kept until compat_verb. */
int compat_globals(struct compat *c, int argc, char **argv, int *verb, struct err *err) MUST_CHECK;
/* The verb's: argv[0] is the verb; ours: its own options. What is neither theirs nor ours stays, for option_parse to
 * refuse. theirs: the verb is their `build`; false = only what compat_globals found is put in, as far as the verb has
 * it. */
int compat_verb(struct compat *c, const struct option_table *ours, bool theirs, int argc, char **argv,
		struct err *err) MUST_CHECK;
void compat_done(struct compat *c);
#define CLEANUP_COMPAT CLEANUP(compat_done)

/* For translate: one more argument of ours, owned from now on. */
void compat_add(struct compat *c, char *argument);

/* compat_values.c: the values that must be read. */
int compat_include_path(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_lines(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_whole_file(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_continue_after(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_network(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_registry(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_report(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_log_level(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_output_format(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_probe_file(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
