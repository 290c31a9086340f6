/* pipeline/build/platforms.h - builds several platforms of an index, one after the other, and publishes one index with
 * all results in place of their originals. Nothing is published unless all of them succeed.
 * Which platforms are built: those that the user named, or each Linux platform without a variant (arm64/v8 and amd64/v1
 * are the plain architectures) and each that a trace is given for. */
#pragma once

#include "pipeline/build/platforms_options.h"
#include "report/report.h"

#define PIPELINE_PLATFORM_STAGE "platform" /* progress: before each build; done and total count platforms */

enum pipeline_platform_state {
	PIPELINE_PLATFORM_NOT_STARTED, /* an earlier one failed */
	PIPELINE_PLATFORM_BUILT,
	PIPELINE_PLATFORM_FAILED,
	PIPELINE_PLATFORM_KEPT, /* it can't be built */
};

struct pipeline_platform_result {
	char name[OCI_PLATFORM_TEXT];
	enum pipeline_platform_state state;
	char *why; /* it was kept; else NULL */
	struct report report;
	uint64_t ms;
};

struct pipeline_platform_results {
	struct pipeline_platform_result *items; /* those that are built come first, the host's platform before them */
	size_t count;
};

/* The name of a file for the image of a platform: the file itself for the first (number 0), else FILE.linux-arm64-v8.
 * NULL gives NULL. free(). */
char *pipeline_platform_file(const char *file, size_t number, const char *name);

/* The errors of pipeline_build, with the platform's name in front; and those of choose.h. *out is filled in any case.
 */
int pipeline_platforms_build(const struct pipeline_platforms_options *o, const struct progress *progress,
			     struct pipeline_platform_results *out, struct buf *log, struct err *err) MUST_CHECK;
void pipeline_platform_results_done(struct pipeline_platform_results *r);
#define CLEANUP_PIPELINE_PLATFORMS CLEANUP(pipeline_platform_results_done)
