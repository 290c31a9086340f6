/* pipeline/record_image.h - runs an image and returns what it did, as a trace to store: the stages fetch, unpack and
 * record. */
#pragma once

#include "pipeline/session.h"
#include "report/report.h"
#include "trace/trace_file.h"

/* report: its source, runs and trace are filled; on failure, as far as it came. log: what the containers
 * printed. *out must be all zero and stays so on failure. */
int pipeline_record(const struct pipeline_session_options *options, const struct progress *progress,
		    struct report *report, struct trace_file *out, struct buf *log, struct err *err) MUST_CHECK;
