/* sensor/ptrace/tracer.h - one thread that starts a command, follows it and all its descendants with ptrace, and
 * records into a trace of its own. Private to lib/sensor/.
 * Spec: ptrace(2); strace's README-linux-ptrace. Attached with PTRACE_SEIZE before the command's exec, with
 * EXITKILL: when this process dies, everything traced dies.
 * Lifetime: _start, then _join once SENSOR_ENDED came (or after _kill), then _free. */
#pragma once

#include <stdatomic.h>

#include "sensor/recorder.h"

struct ptrace_tracer;
/* step: what trace.step is now. */
int ptrace_tracer_start(const struct subproc_command *cmd, int task, const struct sensor_site *site,
			const atomic_ushort *step, struct ptrace_tracer **out, struct err *err) MUST_CHECK;
void ptrace_tracer_kill(struct ptrace_tracer *t);
void ptrace_tracer_join(struct ptrace_tracer *t);
struct trace *ptrace_tracer_trace(struct ptrace_tracer *t); /* after _join */
void ptrace_tracer_free(struct ptrace_tracer *t);           /* kills and joins first, if need be */
