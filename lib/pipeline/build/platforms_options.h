/* pipeline/build/platforms_options.h - which platforms of an index slim build is asked for. */
#pragma once

#include "pipeline/build/options.h"

/* --trace [PLATFORM=]FILE. */
struct pipeline_platform_trace {
	bool named;                   /* else it is of the platforms whose images it names, by digest */
	struct oci_platform platform; /* with named */
	const char *file;             /* or PIPELINE_BUILD_TRACE_ATTACHED: of each platform that has some */
};

struct pipeline_platforms_options {
	const struct pipeline_build_options *build; /* of each platform; session.platform, traces, manifest, keep_index
						       and the names of files are set for each. Without keep_original */
	const struct oci_platform *wanted;          /* n_wanted 0 = all */
	size_t n_wanted;
	bool keep_others; /* platforms that can't be built stay as they are; else they fail the build */
	const struct pipeline_platform_trace *traces;
	size_t n_traces;
};
