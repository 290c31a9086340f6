/* pipeline/build/options.h - what slim build is asked for. */
#pragma once

#include "keep/policy.h"
#include "pipeline/build/check.h"
#include "pipeline/session.h"
#include "publish/destination.h"
#include "rewrite/config_edit.h"

enum pipeline_build_verify {
	PIPELINE_BUILD_VERIFY_AUTO, /* unless stored traces stand for the run */
	PIPELINE_BUILD_VERIFY_ON,   /* with stored traces too: then the original is run for it */
	PIPELINE_BUILD_VERIFY_OFF,
};

/* In the place of a file: the traces beside the source in its registry. */
#define PIPELINE_BUILD_TRACE_ATTACHED "attached"

struct pipeline_build_options {
	struct pipeline_session_options session;
	const struct strlist *traces; /* files of stored traces; if there are any, their union replaces the recording */
	struct publish_wish wish;
	const char *dest_creds; /* for the registries of the destinations; NULL = those of the source, for its own
				   registry only */
	bool keep_index;        /* the result replaces its platform's image in a copy of the source's index */
	bool unpack;            /* containerd unpacks what it gets */
	const struct oci_digest *manifest; /* of the source's image: fail if it is another; NULL = any */
	bool attach_report;                /* to what goes to registries */
	bool format_set;                   /* else the source's family, if a destination takes either */
	enum oci_family format;
	const struct keep_policy *policy;
	bool reasons; /* the report lists every path */
	bool compression_set;
	enum oci_compression compression;
	int level;
	struct rewrite_config_edit config_edit; /* of the result; it is verified with the source's */
	enum pipeline_build_verify verify;
	unsigned heal;                              /* rounds of healing */
	const char *created;                        /* RFC 3339; NULL = the source's */
	const struct pipeline_check_options *check; /* what the result must be like */
	bool keep_original;                  /* if the work fails, the source is published under the result's names */
	struct err unable;                   /* with keep_original: why the work can't begin; all zero = it can */
	int (*may_publish)(struct err *err); /* asked before the first destination changes; NULL = yes */
	/* Files that are written once the result is published, see dockerfiles.h; NULL = not. */
	const char *dockerfile_out, *dockerignore_out;
};
