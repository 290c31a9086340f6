/* report/reasons.h - lists every path of the image, with the reason why it is kept, or as dropped: the members "kept",
 * "dropped" and "packages" of a report, described in slim-report(5). */
#pragma once

#include <jansson.h>

#include "keep/set.h"
#include "keep/unproven/unproven.h"
#include "packages/packages.h"

/* Takes one element; it ends with the call. */
typedef void report_reasons_each(void *ctx, const json_t *element);
/* How the runs used the paths. All zero: leave it out, because it varies. */
struct report_reasons_use {
	const struct trace *trace; /* that keep was made from */
	bool ordered;          /* the trace's paths are in the order in which the runs used them: it was not stored */
	const uint16_t *steps; /* by node, those of needs.h */
	const uint32_t *seen;  /* by node, bits: the variants of the exercises that used it, if not all did; NULL =
				* there was one */
	unsigned variants;
};
/* The element of one node, as below; NULL if it is not kept. */
json_t *report_reasons_of(const struct keep_set *k, const struct packages *p, const struct report_reasons_use *use,
			  uint32_t node);
/* An element for each kept path, in path order. Of the names of a file (hard links) all but the first have a member
 * "link", which names the first. */
void report_reasons_kept(const struct keep_set *k, const struct packages *p, const struct report_reasons_use *use,
			 report_reasons_each *each, void *ctx);
/* The same for the paths that are not kept, without directories that have entries; with the files that name unproven
 * ones. If another name of the file is kept, "link" names that. */
void report_reasons_dropped(const struct keep_set *k, const struct packages *p, const struct keep_unproven *u,
			    report_reasons_each *each, void *ctx);
/* An element for each package, by name: bytes kept and dropped. */
json_t *report_reasons_packages(const struct keep_set *k, const struct packages *p);
/* The numbers of the runs in a set of them, from 1. */
json_t *report_reasons_runs(uint32_t runs);
