/* sensor/tracer.h - one thread that starts a command, follows it and all its descendants with ptrace, and
 * records into a trace of its own. Private to lib/sensor/.
 * Spec: ptrace(2); strace's README-linux-ptrace. Attached with PTRACE_SEIZE before the command's exec, with
 * EXITKILL: when this process dies, everything traced dies.
 * Lifetime: _start, then _join once SENSOR_ENDED came (or after _kill), then _free. */
#pragma once

#include "base/subproc.h"
#include "sensor/events.h"
#include "sensor/fanotify.h"
#include "sensor/view.h"

struct tracer;
int tracer_start(const struct subproc_command *cmd, int task, struct event_queue *events,
		 struct fanotify_witness *witness, struct view *view, struct tracer **out, struct err *err) MUST_CHECK;
void tracer_kill(struct tracer *t);
void tracer_join(struct tracer *t);
struct trace *tracer_trace(struct tracer *t); /* after _join */
void tracer_free(struct tracer *t);           /* kills and joins first, if need be */
