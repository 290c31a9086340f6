/* sensor/facts_live.h - the facts of a stopped tracee: its memory and its directory in /proc. Private to lib/sensor/.
 */
#pragma once

#include "sensor/affinity.h"
#include "sensor/facts.h"

struct facts_live {
	struct facts facts;
	struct affinity *affinity; /* undone when a call names a file of /proc, which may show it; NULL = none */
};

struct facts_live facts_live(pid_t tid, struct affinity *affinity);
