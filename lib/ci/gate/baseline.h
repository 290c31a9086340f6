/* ci/gate/baseline.h - an earlier result, which --max-growth compares with: from a report of slim (slim-report(5)), or
 * the first lines of a lock file. Both come from outside. The layers of a published image are the caller's to read. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ci_gate_baseline {
	char *name;                            /* the file or reference; NULL = there is none */
	bool missing;                          /* the reference is not published yet */
	uint64_t size_bytes, compressed_bytes; /* 0 = not known */
};

/* Reads a file: at most LIMIT_REPORT bytes. ERR_NOTFOUND, ERR_CORRUPT. *out must be all zero, and stays so on failure.
 */
int ci_gate_baseline_read(const char *path, struct ci_gate_baseline *out, struct err *err) MUST_CHECK;
void ci_gate_baseline_done(struct ci_gate_baseline *b);
