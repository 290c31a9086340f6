/* pipeline/build.h - all stages from a source reference to a published slim image and a report. */
#pragma once

#include "keep/policy.h"
#include "pipeline/session.h"

enum build_verify {
	BUILD_VERIFY_AUTO, /* unless stored traces stand for the run */
	BUILD_VERIFY_ON,   /* with stored traces too: then the original is run for it */
	BUILD_VERIFY_OFF,
};

struct build_options {
	struct session_options session;
	const struct strlist
	    *traces;           /* files of stored traces; with any, nothing is recorded: their union is what was */
	struct oci_ref output; /* scheme NULL = destination_default */
	const struct keep_policy *policy;
	bool reasons; /* the report tells of every path */
	bool compression_set;
	enum oci_compression compression;
	int level;
	enum build_verify verify;
	unsigned heal;       /* rounds of healing */
	const char *created; /* RFC 3339; NULL = the source's */
};

/* ERR_DIFFERS: built, but not equal to the original: nothing was published; the report's verify says why.
 * log: receives what the containers printed (the tail of it is what explains a failure). */
int build_image(const struct build_options *options, const struct progress *progress, struct report *report,
		struct buf *log, struct err *err) MUST_CHECK;
