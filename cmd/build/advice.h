/* cmd/build/advice.h - what to do if a build has a verdict, but no result. */
#pragma once

#include "cmd/outcome.h"
#include "report/report.h"

/* Puts the error of out into the report, and the advice into its page. r: the code of the error: a gate, a result that
 * is not proven, or the end of the time. */
void build_advise(struct report *report, int r, struct outcome *out);
