/* pipeline/verify_image.h - the stages fetch, unpack, record and verify: an image that is there already, held
 * against the one that it was made of. */
#pragma once

#include "pipeline/session.h"
#include "report/report.h"
#include "trace/trace_file.h"

/* options: of the original. slim, slim_text: the other one's reference. report: filled as far as it came; its result is
 * the slim image. log: what the original's containers printed. *out (all zero): what the original did, also when the
 * two differ (ERR_DIFFERS); it stays all zero when the original could not be run. */
int pipeline_verify(const struct pipeline_session_options *options, const struct oci_ref *slim, const char *slim_text,
		    const struct progress *progress, struct report *report, struct trace_file *out, struct buf *log,
		    struct err *err) MUST_CHECK;
