/* ci/gate/gate.h - judges a result by the limits that the user set. Pure, except that --must-drop private-key reads
 * files of the image. */
#pragma once

#include "ci/gate/baseline.h"
#include "ci/gate/limits.h"
#include "ci/gate/tree.h"
#include "report/report.h"

struct ci_gate_figures {
	const struct report *report;             /* filled: source, result, runs, verify */
	const struct ci_gate_baseline *baseline; /* of max-growth; NULL = not given */
	struct ci_gate_tree tree;                /* keep is NULL if the build did not get so far */
	bool unproven_known;                     /* if false, max-unproven fails */
	uint64_t unproven_files, unproven_bytes;
};

/* Adds each limit and the figure of the result to out, in the order of enum ci_gate. */
void ci_gate_judge(const struct ci_gate_limits *limits, const struct ci_gate_figures *figures,
		   struct report_gates *out);
/* Returns ERR_GATE and names the gates that failed, or 0. */
int ci_gate_error(const struct report_gates *g, struct err *err) MUST_CHECK;
