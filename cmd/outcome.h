/* cmd/outcome.h - the result, error and advice of a verb. The verb fills it; main.c calls outcome_show once, which
 * alone prints a result or an error. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_DIFFERS = 3, /* not proven: the result differs, or the exercise itself failed */
	EXIT_GATE = 4,    /* a gate such as --max-size is not met */
};

struct outcome {
	bool json;           /* --json is among the arguments */
	struct buf result;   /* for standard output; shown even if there is an error */
	struct err err;      /* ERR_NONE = none */
	struct buf page;     /* for a person, below the error: what to do about it */
	bool stdout_taken;   /* a file or JSON goes to standard output, so commands go to stderr */
	struct buf commands; /* lines for the CI system that reads the log. They are printed last and unchanged; all
				other text is guarded (ci/output/guard.h) */
};

/* Sets the error, or appends err to an error that is already set. */
void outcome_fail(struct outcome *o, const struct err *err);
/* Prints the result to standard output, "slim: message", escaped, and the page to stderr. With json an error without a
 * result is printed to standard output, too: slim.error/v1, see slim-report(5). Returns code, or EXIT_FAILED if
 * standard output does not take the result. */
int outcome_show(const struct outcome *o, int code);
/* Prints a text for a person, which is escaped already, guarded against CI systems that look for commands in it.
 * Returns false if the stream did not take all of it. */
bool outcome_print(FILE *to, const struct buf *text);
void outcome_done(struct outcome *o);
