/* pipeline/trial.h - every run that the user asks for, of one image: of the original, or of a slim image of it. */
#pragma once

#include "base/notes.h"
#include "run/result.h"
#include "run/site.h"
#include "trace/trace.h"

struct trial {
	struct run_results runs;
	struct trace trace; /* over all runs */
};

/* The first trial of the original: a run that fails ends it. out is filled as far as it came, and is to be
 * given to trial_done in any case. notes: receives what the user should know. */
int trial_record(struct run_site *site, const struct run_image *image, struct trial *out, struct notes *notes,
		 struct err *err) MUST_CHECK;

/* A repetition, for comparing: a run that fails has a `failure` and the others follow, only the user ends it. If the
 * user ended the first run by hand (RUN_UNTIL_FD), a repetition does not wait for that. first: the original's runs,
 * from which it follows how long to wait. log_fd: instead of the site's log. */
int trial_repeat(struct run_site *site, const struct run_image *image, const struct run_results *first, int log_fd,
		 struct trial *out, struct err *err) MUST_CHECK;
void trial_done(struct trial *t);
#define CLEANUP_TRIAL CLEANUP(trial_done)
