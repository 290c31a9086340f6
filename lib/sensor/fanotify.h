/* sensor/fanotify.h - the second witness: what the kernel really opened on the root's file system.
 * Spec: fanotify(7). A mark on the superblock of the container's own overlay sees every open by anyone,
 * with the path that it led to; it is blind to stat, readlink and O_PATH. A thread of its own reads.
 * Needs CAP_SYS_ADMIN. Private to lib/sensor/. */
#pragma once

#include "base/err.h"
#include "sensor/mounts.h"
#include "sensor/view.h"
#include "trace/trace.h"

struct fanotify_witness;
/* view: outlives it; says when a process has mounts of its own. */
int fanotify_witness_new(int rootfs, const struct view *view, struct fanotify_witness **out,
			 struct err *err) MUST_CHECK;

/* Whose opens do not count: a process of the runtime, from its birth until it becomes the container's
 * (forget), which reads what is queued first, so that each open is judged by what its process was then. */
void fanotify_witness_ignore(struct fanotify_witness *w, pid_t pid);
void fanotify_witness_forget(struct fanotify_witness *w, pid_t pid);

/* Read what is queued, now. An event gives the name that its file has when it is read, below the mounts of then: to be
 * called before these change, and where a process has mounts of its own also before it ends. */
void fanotify_witness_catch_up(struct fanotify_witness *w);

/* From a recorder that cannot call the three above in time: what it knows in the end. */
struct fanotify_hints {
	/* What the runtime opened, and the new names of what the run renamed: counts only where t says that it was
	 * opened, as else the name may be of another time. */
	const struct strset *by_runtime, *renamed;
	const struct mounts *mounts; /* where each mount lies on the device of the root file system */
	uint32_t device;
};

/* Read what is queued, stop, and add all to t. hints: NULL = none are needed. */
int fanotify_witness_finish(struct fanotify_witness *w, const struct fanotify_hints *hints, struct trace *t,
			    struct err *err) MUST_CHECK;
void fanotify_witness_free(struct fanotify_witness *w);
