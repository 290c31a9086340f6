/* cmd/options/ready.h - --ready: what run/ waits for, and what the probe asks. */
#pragma once

#include "base/strlist.h"
#include "probe/ready.h"
#include "run/readiness.h"

struct ready {
	struct run_ready run; /* prints is set by who keeps this where it stays */
	uint16_t *ports;
	struct strlist prints;
	struct probe_ready probe;
};
/* Borrows the texts. *out is valid in any case. ERR_INVAL. */
int ready_init(struct ready *out, const struct strlist *texts, struct err *err) MUST_CHECK;
void ready_done(struct ready *r);
