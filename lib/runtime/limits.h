/* runtime/limits.h - how much of the machine a container may use: what keeps a memory bomb or a fork bomb in it from
 * taking the machine along. Spec: runtime-spec 1.0.2 config-linux.md (resources). */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "runtime/cgroups.h"

/* All zero: no limits. */
struct runtime_limits {
	uint64_t memory;     /* bytes; swap is not added to it */
	uint64_t pids;       /* processes and threads */
	uint64_t cpu_micros; /* CPU time in each RUNTIME_CPU_PERIOD */
};
#define RUNTIME_CPU_PERIOD 100000 /* microseconds */

/* A limit as docker run takes it; 0 and -1 mean none. what: the option, for the message. ERR_INVAL. */
int runtime_limit_parse_memory(const char *text, uint64_t *out, struct err *err) MUST_CHECK; /* 512m, 2g */
int runtime_limit_parse_pids(const char *text, uint64_t *out, struct err *err) MUST_CHECK;
int runtime_limit_parse_shm(const char *text, uint64_t *out, struct err *err) MUST_CHECK;     /* 64m; none is not one */
int runtime_limit_parse_cpus(const char *text, uint64_t *micros, struct err *err) MUST_CHECK; /* 1.5 */

/* The default limits of a container: three quarters of the memory, and 32768 processes or three quarters of the
 * machine's limit, whichever is less. */
struct runtime_limits runtime_limits_default(void);
/* Those of the wanted limits that the machine can enforce. *missing: names of the others, comma-separated, free(); NULL
 * if it can enforce all. */
struct runtime_limits runtime_limits_possible(const struct runtime_limits *wanted, const struct runtime_cgroups *c,
					      char **missing);
