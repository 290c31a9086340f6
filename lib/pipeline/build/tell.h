/* pipeline/build/tell.h - puts what the stages found into the report. Private to pipeline/build. */
#pragma once

#include "pipeline/build/state.h"

/* selection: NULL = the build did not come so far that it is told. */
void pipeline_build_fill_report(struct pipeline_build_state *b, const struct pipeline_selection *selection);
/* The report's result has all that the source has. */
void pipeline_build_report_source(struct report *r);
