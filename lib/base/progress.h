/* base/progress.h - the progress of a long operation, and the user's request to stop it. cmd/ renders it; lib/ and
 * probe/ only call progress_step, and poll cancel_fd where they block. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/timings.h"

struct progress {
	/* stage: a short constant word ("unpack"); total 0 = unknown; unit "bytes", "files", ... */
	void (*step)(void *ctx, const char *stage, uint64_t done, uint64_t total, const char *unit);
	void *ctx;
	int cancel_fd;           /* readable once the user asked to stop, and it stays so; -1 = never */
	struct timings *timings; /* borrowed; NULL = nobody asks how long what took */
};

/* Reports, and returns 0, or ERR_CANCELLED if the user asked to stop. p may be NULL. Thread-safe if the
 * step function is. */
int progress_step(const struct progress *p, const char *stage, uint64_t done, uint64_t total, const char *unit,
		  struct err *err) MUST_CHECK;

/* Of p, which may be NULL. */
static inline struct timings *progress_timings(const struct progress *p)
{
	return p ? p->timings : NULL;
}

/* The same as progress_step without a report. */
int progress_check(const struct progress *p, struct err *err) MUST_CHECK;

/* Let ms pass, or return ERR_CANCELLED as soon as the user asks to stop. p may be NULL. */
int progress_wait(const struct progress *p, unsigned ms, struct err *err) MUST_CHECK;
