/* probe/clock.h - time as the probes measure it and wait for it. */
#pragma once

#include <stdint.h>

#include "base/progress.h"

/* A monotonic clock, milliseconds. */
uint64_t probe_clock_ms(void);

/* Let ms pass; ERR_CANCELLED at once when progress asks to stop. */
int probe_clock_wait(unsigned ms, const struct progress *progress, struct err *err) MUST_CHECK;
