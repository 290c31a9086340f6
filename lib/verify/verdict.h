/* verify/verdict.h - whether the slim image does what the original does, and where not. All zero: nothing was verified.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"

struct verify_verdict_difference {
	char *where;          /* "GET /items on port 80", "the run `nginx`" */
	const char *what;     /* "status", "content type", "answer", "failure", ... */
	char *expected, *got; /* of a body some lines; of the image, to be escaped */
};

/* A path that the slim image looked for and only the original has. */
struct verify_verdict_lookup {
	char *path, *program; /* who looked for it; NULL = unknown */
};

struct verify_verdict_healed {
	char *path, *why;
	unsigned round; /* after which it was added */
};

struct verify_verdict {
	bool done;                      /* if not, skipped is the reason; NULL too = the verification was not reached */
	const char *skipped;            /* a sentence, or NULL */
	bool equal;                     /* lookups of what Python has compiled may still fail */
	unsigned rounds;                /* slim images that were made and run */
	unsigned repeats;               /* how often either image was run again, to learn what varies */
	size_t equal_steps, equal_runs; /* of the last round; what only varies is equal, what is incomparable is not */
	struct verify_verdict_difference *differences;
	size_t n_differences;
	struct verify_verdict_healed *healed;
	size_t n_healed;
	struct verify_verdict_lookup *lookups; /* that still fail */
	size_t n_lookups;
	struct strlist left_out;     /* looked for, but the user said to leave it out */
	struct strlist variable;     /* "GET /now on port 80: answer": differs between runs of the same image */
	struct strlist incomparable; /* "GET /x on port 80: status (2xx, 5xx)": of the original, so it proves nothing */
	struct buf log;              /* the end of what the last slim containers printed */
};

/* Both strings are copied. */
void verify_difference_add(struct verify_verdict *v, const char *where, const char *what, const char *expected,
			   const char *got);
void verify_lookup_add(struct verify_verdict *v, const char *path, const char *program);
void verify_healed_add(struct verify_verdict *v, const char *path, const char *why, unsigned round);
/* Removes the findings of one round: differences, lookups, left_out, variable, incomparable and the counts. */
void verify_verdict_forget(struct verify_verdict *v);
void verify_verdict_done(struct verify_verdict *v);
