/* cmd/build/several_summary.h - the outcome of a build of several platforms, for a person and for a program. */
#pragma once

#include "base/buf.h"
#include "pipeline/build/platforms.h"
#include "report/terminal/terminal.h"

struct build_several_outcome {
	const struct pipeline_platform_results *results; /* the first has a report */
	const char *source;                              /* as the user wrote it */
	int status;                                      /* the exit code */
	const struct err *error;                         /* NULL = none */
	uint64_t ms;                                     /* all of it */
};

/* Appends a block for each platform, and the index that was published. terminal: what it is fitted to, and then ends
 * with what to do next; NULL = plain text. */
void build_several_text(const struct build_several_outcome *o, const struct report_terminal *terminal, struct buf *out);
/* Appends slim.reports/v1, see slim-report(5). */
void build_several_json(const struct build_several_outcome *o, struct buf *out);
