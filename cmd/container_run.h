/* cmd/container_run.h - what the verbs that run a container do before the run, and show after it. */
#pragma once

#include "cmd/options/container_flags.h"
#include "report/report.h"

/* The rights to unpack, signals and the progress line; if a container runs, mounts of our own. Before anything else. */
int container_run_begin(struct container_plan *p, bool runs, struct progress *progress, struct err *err) MUST_CHECK;
/* After it: show the container's output where it was asked for, or explains why the run failed (err; NULL = it did
 * not). */
void container_run_end(const struct container_flags *f, const struct report *report, const struct buf *log,
		       const struct err *err);
/* Append what differs and what to do about it. */
void container_run_advise(const struct verify_verdict *v, const char *advice, struct buf *page);
/* Append the report: as JSON, or the summary unless --quiet is given or file, which the verb wrote (NULL = none), is
 * standard output itself. */
void container_run_report(const struct container_flags *f, const struct report *report, bool json, const char *file,
			  struct buf *out);
