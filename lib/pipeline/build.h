/* pipeline/build.h - all stages from a source reference to a published slim image and a report. */
#pragma once

#include "keep/policy.h"
#include "pipeline/session.h"

struct build_options {
	struct session_options session;
	const struct strlist *traces; /* files of stored traces; with any, nothing is run: their union is what was */
	struct oci_ref output;        /* scheme NULL = destination_default */
	const struct keep_policy *policy;
	bool compression_set;
	enum oci_compression compression;
	int level;
	const char *created; /* RFC 3339; NULL = the source's */
};

/* log: receives what the containers printed (the tail of it is what explains a failure). */
int build_image(const struct build_options *options, const struct progress *progress, struct report *report,
		struct buf *log, struct err *err) MUST_CHECK;
