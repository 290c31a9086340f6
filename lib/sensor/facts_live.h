/* sensor/facts_live.h - the facts of a stopped tracee: its memory and its directory in /proc. Private to lib/sensor/.
 */
#pragma once

#include "sensor/facts.h"

struct facts facts_live(pid_t tid);

/* Of the running thread, for who has no better answer; see facts.h. */
ssize_t facts_live_proc_link(pid_t tid, const char *who, const char *name, char buf[PATH_MAX]);

/* Of the file system that its root lies on, as in mountinfo. False when it is gone. */
bool facts_live_device(pid_t tid, char device[32]);
