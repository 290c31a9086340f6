/* sensor/live.h - records what a container that is already running does with files. Three sources: the eBPF recorder
 * on its pid namespace, if it loads; fanotify on its root; and /proc, for the files that its processes have in use.
 * Nothing is put into the container, and none of its processes is stopped or ended. Spec: fanotify(7), proc(5). Needs
 * CAP_SYS_ADMIN.
 * Not recorded: files that were opened and closed before; and the program behind an access, except for programs that
 * are executed meanwhile. With fanotify alone also lookups without an open (stat, readlink, access, lookups that
 * fail).
 * Lifetime: sensor_live_new, _in_use as often as wanted, _finish, _free. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "trace/trace.h"

struct sensor_live;
/* root: of the container's file system (/proc/PID/root), may be O_PATH; borrowed for the call. A file system of its own
 * (an overlay) is watched as a whole; of any other root only what is opened through this mount. Opens by processes in
 * our own mount namespace do not count. first: the container's first process; if it is in our own pid namespace, there
 * is no eBPF. ERR_UNSUPPORTED: the root is our own, so that there is no container. */
int sensor_live_new(int root, pid_t first, struct sensor_live **out, struct err *err) MUST_CHECK;
/* The witnesses at work, of enum trace_witness. */
uint8_t sensor_live_witnesses(const struct sensor_live *l);
/* Adds the files that these processes use: their programs, mapped and open files, working directories, and the
 * arguments of their command lines that are files. Returns how many of these are new. */
size_t sensor_live_in_use(struct sensor_live *l, const pid_t *pids, size_t n);
/* Reads what is queued, stops, and gives all that was recorded. Lost events are counted in out (overflows). */
int sensor_live_finish(struct sensor_live *l, struct trace *out, struct err *err) MUST_CHECK;
void sensor_live_free(struct sensor_live *l);
static inline void sensor_live_freep(struct sensor_live **l)
{
	sensor_live_free(*l);
}
#define CLEANUP_SENSOR_LIVE CLEANUP(sensor_live_freep)
