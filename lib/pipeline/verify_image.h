/* pipeline/verify_image.h - compares an existing slim image with its original: the stages fetch, unpack, record and
 * verify. */
#pragma once

#include "evidence/evidence.h"
#include "pipeline/session.h"
#include "report/report.h"
#include "trace/trace_file.h"

/* Both images, while they are unpacked and before they are compared. Borrowed. */
struct pipeline_verify_seen {
	const struct image_index *original, *slim;
	const struct evidence *used;         /* what the runs of the original did in it */
	const struct oci_manifest *manifest; /* of the slim image */
};
struct pipeline_verify_watch {
	void (*see)(void *ctx, const struct pipeline_verify_seen *seen);
	void *ctx;
};

/* options: of the original. slim, slim_text: the reference of the slim image. report: is filled as far as the stages
 * came; its result is the slim image. log: receives the output of the original's containers. *out (all zero before):
 * receives what the original did, also if the two images differ (ERR_DIFFERS). It stays all zero if the original could
 * not be run. With out NULL the contents of the files are not read.
 * watch: NULL = nobody. */
int pipeline_verify(const struct pipeline_session_options *options, const struct oci_ref *slim, const char *slim_text,
		    const struct pipeline_verify_watch *watch, const struct progress *progress, struct report *report,
		    struct trace_file *out, struct buf *log, struct err *err) MUST_CHECK;
