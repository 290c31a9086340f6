/* report/reasons.h - lists every path of the image, with the reason why it is kept, or as dropped: the members "kept",
 * "dropped" and "packages" of a report, described in slim-report(5). */
#pragma once

#include <jansson.h>

#include "keep/set.h"
#include "packages/packages.h"

/* An array in path order, an element for each kept path. The trace is the one that keep was made from; NULL = without
 * what the runs did with it, which varies. */
json_t *report_reasons_kept(const struct keep_set *k, const struct packages *p, const struct trace *t);
/* The same for the paths that are not kept, without directories that have entries. */
json_t *report_reasons_dropped(const struct keep_set *k, const struct packages *p);
/* An element for each package, by name: bytes kept and dropped. */
json_t *report_reasons_packages(const struct keep_set *k, const struct packages *p);
