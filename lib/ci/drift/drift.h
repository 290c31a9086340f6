/* ci/drift/drift.h - compares the image of a build with the one that its stored traces were recorded from. Finds paths
 * of the traces whose content changed, that are gone, or that were not found then and exist now. Shape: _begin before
 * the traces are resolved against the new image, which overwrites their contents; _end after. */
#pragma once

#include "evidence/evidence.h"
#include "report/checks/drift.h"
#include "report/checks/gates.h"

struct ci_drift {
	uint64_t *contents; /* by path of the trace, as stored */
	uint8_t *found;
};

void ci_drift_begin(const struct trace *t, struct ci_drift *d);
/* Fills *out. same: all traces were recorded from this image, so nothing is read. If not, the trace (that of e) gets
 * the contents of this image. */
int ci_drift_end(const struct ci_drift *d, const struct evidence *e, struct trace *t, bool same,
		 struct report_drift *out, struct err *err) MUST_CHECK;
void ci_drift_done(struct ci_drift *d);

/* --trace-max-drift. */
struct ci_drift_limit {
	const char *text; /* as given; NULL = no limit */
	uint64_t most;    /* paths, or a share of them as quantity_percent gives it */
	bool percent;
};
/* "10", "2%", "0.5%"; borrows text. */
int ci_drift_limit_parse(const char *text, struct ci_drift_limit *out, struct err *err) MUST_CHECK;
/* Adds the gate if there is a limit. The gate fails if the drift is not known. */
void ci_drift_judge(const struct ci_drift_limit *l, const struct report_drift *d, struct report_gates *out);
