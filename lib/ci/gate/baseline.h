/* ci/gate/baseline.h - reads the sizes of an earlier result, for --max-growth: from a report of slim (slim-report(5)),
 * or from the first lines of a lock file. Both are untrusted. For a published image the caller reads the layers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ci_gate_baseline {
	char *name;                            /* the file or reference; NULL = no baseline */
	bool missing;                          /* the reference is not published yet */
	uint64_t size_bytes, compressed_bytes; /* 0 = not known */
};

/* Reads a file of at most LIMIT_REPORT bytes. ERR_NOTFOUND, ERR_CORRUPT. *out must be all zero, and stays so on
 * failure.
 */
int ci_gate_baseline_read(const char *path, struct ci_gate_baseline *out, struct err *err) MUST_CHECK;
void ci_gate_baseline_done(struct ci_gate_baseline *b);
