/* verify/image_runs.h - all runs of one image that the user asks for: of the original, or of a slim image of it. */
#pragma once

#include "base/notes.h"
#include "run/result.h"
#include "run/site.h"
#include "trace/trace.h"

struct verify_runs {
	struct run_results runs;
	struct run_results variants; /* the same runs once more, for each further variant of the exercises */
	struct trace trace;          /* over all runs */
};

/* If the site restarts containers, each run is followed by its second start, a run of its own; both are repeated or
 * none.
 *
 * Runs the original for the first time and judges each run by site->expected. Stops at the first run that fails, with
 * ERR_UNPROVEN if it is the exercise that failed and that is not accepted. An accepted one that did not come to its end
 * has a `failure`, which a repetition must have, too. out is filled as far as it came; give it to
 * verify_runs_done in any case. notes: receives remarks for the user. */
int verify_runs_record(struct run_site *site, const struct run_image *image, struct verify_runs *out,
		       struct notes *notes, struct err *err) MUST_CHECK;

/* Runs the original once more, with that variant (exercise/variant.h) of the exercises. done: of verify_runs_record and
 * the variants before; this one is added to it, and what it has of the trace is marked with the variant. An answer that
 * is not as expected is a remark, since it may be the changed order that is wrong; all else is judged as the first
 * time.
 */
int verify_runs_vary(struct run_site *site, const struct run_image *image, unsigned variant, struct verify_runs *done,
		     struct notes *notes, struct err *err) MUST_CHECK;

/* Repeats runs, for a comparison: those of `which`, one member a run, that out does not have yet; NULL = all of them.
 * The others are `skipped`. A run that fails gets a `failure`, and the next one follows; only a request of the user
 * stops it. It does not wait for the user to end a run (RUN_UNTIL_FD). first: the original's runs; their times bound
 * how long a service may take to listen. log_fd: used instead of the site's log. */
int verify_runs_repeat(struct run_site *site, const struct run_image *image, const struct run_results *first,
		       const bool *which, int log_fd, struct verify_runs *out, struct err *err) MUST_CHECK;
void verify_runs_done(struct verify_runs *r);
#define CLEANUP_VERIFY_RUNS CLEANUP(verify_runs_done)
