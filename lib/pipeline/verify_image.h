/* pipeline/verify_image.h - compares an existing slim image with its original: the stages fetch, unpack, record and
 * verify. */
#pragma once

#include "pipeline/session.h"
#include "report/report.h"
#include "trace/trace_file.h"

/* options: of the original. slim, slim_text: the reference of the slim image. report: filled as far as it came; its
 * result is the slim image. log: what the original's containers printed. *out (all zero before): what the original did,
 * also if the two differ (ERR_DIFFERS). It stays all zero if the original could not be run. out NULL: nobody asks, and
 * what the files hold is not read for it. */
int pipeline_verify(const struct pipeline_session_options *options, const struct oci_ref *slim, const char *slim_text,
		    const struct progress *progress, struct report *report, struct trace_file *out, struct buf *log,
		    struct err *err) MUST_CHECK;
