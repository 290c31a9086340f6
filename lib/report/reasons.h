/* report/reasons.h - lists every path of the image, with the reason why it is kept, or as dropped: the members "kept",
 * "dropped" and "packages" of a report, described in slim-report(5). */
#pragma once

#include <jansson.h>

#include "keep/set.h"
#include "packages/packages.h"

/* Takes one element; it ends with the call. */
typedef void report_reasons_each(void *ctx, const json_t *element);
/* An element for each kept path, in path order. The trace is the one that keep was made from, steps those of needs.h;
 * both NULL = without what the runs did with it, which varies. */
void report_reasons_kept(const struct keep_set *k, const struct packages *p, const struct trace *t,
			 const uint16_t *steps, report_reasons_each *each, void *ctx);
/* The same for the paths that are not kept, without directories that have entries. */
void report_reasons_dropped(const struct keep_set *k, const struct packages *p, report_reasons_each *each, void *ctx);
/* An element for each package, by name: bytes kept and dropped. */
json_t *report_reasons_packages(const struct keep_set *k, const struct packages *p);
