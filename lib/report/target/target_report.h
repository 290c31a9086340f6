/* report/target/target_report.h - the result of slim probe: a table for a person, and JSON for a program
 * (slim.probe-result/v1, described in slim-probe(1)). Times in milliseconds. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/notes.h"
#include "run/result.h"
#include "target/service.h"

/* The file that --record wrote. */
struct report_target_trace {
	const char *path; /* NULL = no trace was written */
	uint64_t paths;   /* in it */
	uint64_t before;  /* those that were in use before, as /proc shows */
	bool complete;    /* no event was lost */
};

/* Borrows all but notes and error. */
struct report_target {
	const char *target; /* as the user wrote it */
	const struct target_service *service;
	const struct run_result *run;
	struct report_target_trace trace;
	struct notes notes;
	struct err error; /* all zero = everything was as expected */
};

void report_target_json(const struct report_target *r, struct buf *out);
/* Every string from outside is escaped. */
void report_target_text(const struct report_target *r, struct buf *out);
void report_target_done(struct report_target *r);
#define CLEANUP_REPORT_TARGET CLEANUP(report_target_done)
