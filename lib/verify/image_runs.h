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

/* If the site restarts containers, the second start follows each run as a run of its own. Both are repeated, or
 * neither.
 *
 * Runs the original for the first time and judges each run by site->expected. Stops at the first run that fails, with
 * ERR_UNPROVEN if the exercise failed and the user does not accept that. A run that was accepted and did not come to
 * its end has a `failure`, and its repetitions must fail, too. out is filled as far as the runs came; give it to
 * verify_runs_done in any case. notes: receives remarks for the user. */
int verify_runs_record(struct run_site *site, const struct run_image *image, struct verify_runs *out,
		       struct notes *notes, struct err *err) MUST_CHECK;

/* Runs the original once more, with that variant (exercise/variant.h) of the exercises. done: the result of
 * verify_runs_record and of earlier variants. This one is added to it, and its part of the trace is marked with the
 * variant. An unexpected answer becomes a note, because the changed order may have caused it. Everything else is judged
 * as the first time. */
int verify_runs_vary(struct run_site *site, const struct run_image *image, unsigned variant, struct verify_runs *done,
		     struct notes *notes, struct err *err) MUST_CHECK;

/* Repeats runs, for a comparison: those of `which`, one member a run, that out does not have yet; NULL = all of them.
 * The others are `skipped`. A run that fails gets a `failure`, and the next one follows; only a request to stop
 * ends that. Nobody is asked to end a run (RUN_UNTIL_FD). first: the original's runs; their times give the limit for a
 * service to listen. A run that ignored the stop signal is not given its time once more (run/machine.h). log_fd: used
 * instead of the site's log. */
int verify_runs_repeat(struct run_site *site, const struct run_image *image, const struct run_results *first,
		       const bool *which, int log_fd, struct verify_runs *out, struct err *err) MUST_CHECK;
void verify_runs_done(struct verify_runs *r);
#define CLEANUP_VERIFY_RUNS CLEANUP(verify_runs_done)
