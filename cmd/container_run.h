/* cmd/container_run.h - the common beginning and end of the verbs that run a container. */
#pragma once

#include "cmd/options/container_flags.h"
#include "cmd/outcome.h"
#include "report/report.h"

/* Call it before anything else. Acquires the rights to unpack, opens the fds of the signals, begins the progress line
 * and the time limit. runs: a container will run, so slim also enters a mount namespace of its own. unable: receives
 * the reason if slim lacks the rights to unpack and run an image, which is no error then; NULL = it is an error. */
int container_run_begin(struct container_plan *p, bool runs, struct progress *progress, struct err *unable,
			struct err *err) MUST_CHECK;
/* Opens the fd of SIGUSR1 for --continue-after signal. With "enter" the fd is standard input already. */
int container_run_continue_fd(struct run_options *o, struct err *err) MUST_CHECK;
/* Ends the time limit: outputs are written nevertheless. Shows the output of the container if the user asked for it, or
 * if it explains why the run failed (err; NULL = it did not fail). */
void container_run_end(const struct container_flags *f, const struct report *report, const struct buf *log,
		       const struct err *err);
/* Tells whether the error code r stands for EXIT_DIFFERS: something is not proven, so nothing is published. */
bool container_run_is_unproven(int r);
/* Tells whether the time limit of the command (--timeout) ended it: the report is written nevertheless. */
bool container_run_is_late(const struct err *err);
/* Call it if something is not proven. Puts the error into the report, and writes to the page which answers differ and
 * what to do. That is advice, unless the exercise itself failed. */
void container_run_advise(struct report *report, const char *advice, struct outcome *out);
/* Appends the report: as JSON, or as the summary, which has colours and a width on a terminal (report/terminal).
 * Appends no summary with --quiet, or if the file that the verb wrote (NULL = none) is standard output itself.
 * page: the file of --html; NULL = none. */
void container_run_report(const struct container_flags *f, const struct report *report, bool json, const char *file,
			  const char *page, struct buf *out);
