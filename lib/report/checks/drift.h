/* report/checks/drift.h - differences between the image that was recorded and the image of a build, among the paths of
 * stored traces. ci/drift finds them; this file holds, prints and exports them. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/strlist.h"

struct report_drift {
	bool known;              /* false: no stored trace, or the traces have no contents */
	uint64_t paths, changed; /* compared ones; different ones */
	struct strlist lines;    /* one for each difference, for a person; escaped for a terminal */
};

/* {"paths", "changed", "changes": [...]}; null if it is not known. */
json_t *report_drift_json(const struct report_drift *d);
/* Appends a line, and one for each of the first differences, in columns; nothing if nothing differs. */
void report_drift_text(const struct report_drift *d, struct buf *out);
void report_drift_done(struct report_drift *d);
