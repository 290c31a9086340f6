/* report/checks/drift.h - what differs, among the paths of stored traces, between the image that was recorded and the
 * one that a build makes a slim image of. Found by ci/drift; here it is data, JSON and text. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/strlist.h"

struct report_drift {
	bool known;              /* false: no stored trace, or the traces do not tell contents */
	uint64_t paths, changed; /* that were compared; that differ */
	struct strlist lines;    /* a difference each, for a person; escaped for a terminal */
};

/* {"paths", "changed", "changes": [...]}; null if it is not known. */
json_t *report_drift_json(const struct report_drift *d);
/* A line, and one for each of the first differences, in columns; nothing if there is none. */
void report_drift_text(const struct report_drift *d, struct buf *out);
void report_drift_done(struct report_drift *d);
