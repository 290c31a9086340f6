/* pipeline/trial.h - every run that the options ask for, of one image: of the original, or of a slim one of it. */
#pragma once

#include "pipeline/session.h"

/* What is run; borrowed. */
struct trial_image {
	const struct rootfs_layers *layers;
	const struct oci_image_config *config;
};

struct trial {
	struct report_run *runs;
	size_t n_runs;
	struct trace trace; /* over all runs */
};

/* The first trial of the original: a run that fails ends it. out is filled as far as it came, and is to be
 * given to trial_done in any case. Notes for the user go into the session's report. */
int trial_record(struct session *s, const struct trial_image *image, struct trial *out, struct err *err) MUST_CHECK;

/* A repetition, for comparing: a run that fails is told by its `failure` and the others follow, only the user ends
 * it. What was done by hand (RECORD_UNTIL_FD) is not waited for again. log_fd: instead of the session's log. */
int trial_repeat(struct session *s, const struct trial_image *image, int log_fd, struct trial *out,
		 struct err *err) MUST_CHECK;
void trial_done(struct trial *t);
#define CLEANUP_TRIAL CLEANUP(trial_done)
