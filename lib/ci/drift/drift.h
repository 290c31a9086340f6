/* ci/drift/drift.h - compares the image of a build with the one that its stored traces were recorded of: among the
 * paths of the traces, those whose content is another, that are gone, or that were looked for in vain and are there
 * now. Shape: _begin before the traces are resolved against the new image, which overwrites what they say; _end after.
 */
#pragma once

#include "evidence/evidence.h"
#include "report/checks/drift.h"
#include "report/checks/gates.h"

struct ci_drift {
	uint64_t *contents; /* by path of the trace: as it was stored */
	uint8_t *found;
};

void ci_drift_begin(const struct trace *t, struct ci_drift *d);
/* same: all traces are of this image, and nothing is read. Else the trace (that of e) gets the contents of this image.
 * Fills *out. */
int ci_drift_end(const struct ci_drift *d, const struct evidence *e, struct trace *t, bool same,
		 struct report_drift *out, struct err *err) MUST_CHECK;
void ci_drift_done(struct ci_drift *d);

/* --trace-max-drift. */
struct ci_drift_limit {
	const char *text; /* as given; NULL = none */
	uint64_t most;    /* paths, or a part of them as of quantity_percent */
	bool percent;
};
/* "10", "2%", "0.5%"; borrows text. */
int ci_drift_limit_parse(const char *text, struct ci_drift_limit *out, struct err *err) MUST_CHECK;
/* Adds the gate, if there is a limit. What is not known fails. */
void ci_drift_judge(const struct ci_drift_limit *l, const struct report_drift *d, struct report_gates *out);
