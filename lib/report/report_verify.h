/* report/report_verify.h - what came of running the slim image as the original was run. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"

struct report_difference {
	char *where;          /* "GET /items on port 80", "the run `nginx`" */
	const char *what;     /* "status", "content type", "answer", "failure", ... */
	char *expected, *got; /* of a body some lines; of the image, to be escaped */
};

/* A path that the original has and the slim image has not. */
struct report_lookup {
	char *path, *program; /* who looked for it; NULL = unknown */
};

struct report_healed {
	char *path, *why;
	unsigned round; /* after which it was added */
};

struct report_verify {
	bool done;           /* else skipped says why not; both unset = it did not come so far */
	const char *skipped; /* a sentence, or NULL */
	bool equal;
	unsigned rounds;                /* slim images that were made and run */
	unsigned repeats;               /* further trials of either image, to learn what varies */
	size_t equal_steps, equal_runs; /* of the last round; what only varies counts as equal */
	struct report_difference *differences;
	size_t n_differences;
	struct report_healed *healed;
	size_t n_healed;
	struct report_lookup *lookups; /* that still fail */
	size_t n_lookups;
	struct strlist left_out; /* looked for, but the user said to leave it out */
	struct strlist variable; /* "GET /now on port 80: answer": differs between runs of the same image */
	struct buf log;          /* the end of what the last slim containers printed */
};

/* Both strings are copied. */
void report_verify_difference(struct report_verify *v, const char *where, const char *what, const char *expected,
			      const char *got);
void report_verify_lookup(struct report_verify *v, const char *path, const char *program);
void report_verify_healed(struct report_verify *v, const char *path, const char *why, unsigned round);
/* What one round found is gone: differences, lookups, left_out, variable and the counts. */
void report_verify_forget(struct report_verify *v);
void report_verify_done(struct report_verify *v);

/* For a person, when the images differ: what differs, what was missed, the log. Escaped. */
void report_verify_page(const struct report_verify *v, struct buf *out);
