/* ci/gate/gate.h - judges a result by the limits that the user set. Pure but for --must-drop private-key, which reads
 * files of the image. */
#pragma once

#include "ci/gate/baseline.h"
#include "ci/gate/limits.h"
#include "ci/gate/tree.h"
#include "report/report.h"

struct ci_gate_figures {
	const struct report *report;             /* filled: source, result, runs, verify */
	const struct ci_gate_baseline *baseline; /* of max-growth; NULL = there is none */
	struct ci_gate_tree tree;                /* keep NULL = nothing was decided */
	bool unproven_known;                     /* else max-unproven fails */
	uint64_t unproven_files, unproven_bytes;
};

/* Adds every limit to out with what was found, in the order of enum ci_gate. */
void ci_gate_judge(const struct ci_gate_limits *limits, const struct ci_gate_figures *figures,
		   struct report_gates *out);
/* ERR_GATE, which names the gates that failed; 0 if none did. */
int ci_gate_error(const struct report_gates *g, struct err *err) MUST_CHECK;
