/* cmd/options/ready.h - --ready: the checks that run/ waits for, and the questions of the probe. */
#pragma once

#include "base/strlist.h"
#include "probe/ready.h"
#include "run/readiness.h"

struct ready {
	struct run_ready run; /* the owner sets prints, once the address is final */
	uint16_t *ports;
	struct strlist prints;
	struct probe_ready probe;
};
/* Borrows the texts. *out is valid in any case. ERR_INVAL. */
int ready_init(struct ready *out, const struct strlist *texts, struct err *err) MUST_CHECK;
void ready_done(struct ready *r);
