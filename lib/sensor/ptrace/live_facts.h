/* sensor/ptrace/live_facts.h - answers the questions of call_facts.h from a stopped tracee: its memory and its
 * directory in /proc. Private to lib/sensor/. */
#pragma once

#include "sensor/call_facts.h"
#include "sensor/ptrace/affinity.h"

struct ptrace_live_facts {
	struct sensor_call_facts facts;
	struct ptrace_affinity *affinity; /* undone when a call names a file of /proc, which may show it; NULL = none */
};

struct ptrace_live_facts ptrace_live_facts(pid_t tid, struct ptrace_affinity *affinity);
