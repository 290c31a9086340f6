/* sensor/fanotify.h - the second witness: records what was really opened on the root's file system.
 * Spec: fanotify(7). A mark on the superblock of the container's own overlay sees every open by anyone, with the path
 * that it led to; it is blind to stat, readlink and O_PATH. A thread of its own reads.
 * Needs CAP_SYS_ADMIN. Private to lib/sensor/. */
#pragma once

#include "base/err.h"
#include "sensor/mounts.h"
#include "sensor/paths.h"
#include "trace/trace.h"

struct sensor_fanotify;
/* paths: outlives it; says when a process has mounts of its own. */
int sensor_fanotify_new(int rootfs, const struct sensor_paths *paths, struct sensor_fanotify **out,
			struct err *err) MUST_CHECK;

/* The same of the root of a container that runs already, see live.h. Only opens of those processes count that counts
 * says, which is asked in the reader's thread; one may have ended by then. */
int sensor_fanotify_new_live(int root, const struct sensor_paths *paths, bool (*counts)(void *ctx, pid_t pid),
			     void *ctx, struct sensor_fanotify **out, struct err *err) MUST_CHECK;

/* Ignores the opens of a process of the runtime, from its birth until it becomes the container's (forget). forget
 * reads the queue first, so that each open is judged by the state of its process at that time. */
void sensor_fanotify_ignore(struct sensor_fanotify *w, pid_t pid);
void sensor_fanotify_forget(struct sensor_fanotify *w, pid_t pid);

/* Reads the queue now. An event gives the name that its file has when it is read, below the mounts of that moment. So
 * call it before mounts change, and before a process with mounts of its own ends. */
void sensor_fanotify_catch_up(struct sensor_fanotify *w);

/* From a recorder that cannot call the three above in time: what it knows in the end. */
struct sensor_fanotify_hints {
	/* Paths that the runtime opened, and new names of files that the run renamed. One counts only if t has it as
	 * opened, since the name may be of another time. */
	const struct strset *by_runtime, *renamed;
	const struct sensor_mounts *mounts; /* where each mount lies on the device of the root file system */
	uint32_t device;
};

/* Read what is queued, stop, and add all to t. hints: NULL = none are needed. */
int sensor_fanotify_finish(struct sensor_fanotify *w, const struct sensor_fanotify_hints *hints, struct trace *t,
			   struct err *err) MUST_CHECK;
void sensor_fanotify_free(struct sensor_fanotify *w);
