/* sensor/decode.h - turns a syscall's arguments into the paths that they name, and adds these to a trace. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "sensor/call_facts.h"
#include "sensor/paths.h"
#include "sensor/syscalls.h"

struct sensor_decode_call {
	const struct sensor_call_facts *facts;
	const struct sensor_syscall *row;
	uint64_t args[6];
	uint32_t audit_arch;
	uint32_t program;
	bool failed; /* if that is known: then nothing was opened */
	struct sensor_paths *paths;
	struct sensor_paths_walked *walked;
};

/* Adds the paths of the call to t, and tells c->paths what the call changes. Counts t->unreadable if memory of the
 * tracee could not be read. first (may be NULL): receives the call's first path, absolute, as it was added; empty if
 * the call has no path. */
void sensor_decode_paths(const struct sensor_decode_call *c, struct trace *t, struct buf *first);
