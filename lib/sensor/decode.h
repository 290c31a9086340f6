/* sensor/decode.h - from a syscall's arguments to the paths it names, written into a trace. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "sensor/syscalls.h"
#include "trace/trace.h"

struct decode_call {
	pid_t tid;
	const struct sensor_syscall *row;
	uint64_t args[6];
	bool roots_vary; /* some process changed its root: look each one up */
	uint32_t program;
};

/* Add what the call names to t; counts t->unreadable when memory of the tracee could not be read.
 * first (may be NULL): receives the call's first path, absolute, as it was added; empty when there is none. */
void decode_paths(const struct decode_call *c, struct trace *t, struct buf *first);
