/* sensor/fanotify.h - the second witness: what the kernel really opened on the root's file system.
 * Spec: fanotify(7). A mark on the superblock of the container's own overlay sees every open by anyone,
 * with the path that it led to; it is blind to stat, readlink and O_PATH. A thread of its own reads.
 * Needs CAP_SYS_ADMIN. Private to lib/sensor/. */
#pragma once

#include "base/err.h"
#include "trace/trace.h"

struct fanotify_witness;
int fanotify_witness_new(int rootfs, struct fanotify_witness **out, struct err *err) MUST_CHECK;

/* Whose opens do not count: a process of the runtime, from its birth until it becomes the container's
 * (forget), which reads what is queued first, so that each open is judged by what its process was then. */
void fanotify_witness_ignore(struct fanotify_witness *w, pid_t pid);
void fanotify_witness_forget(struct fanotify_witness *w, pid_t pid);

/* Read what is queued, stop, and add all to t; what the runtime opened (may be NULL) does not count unless t says that
 * it was opened. */
int fanotify_witness_finish(struct fanotify_witness *w, const struct strset *by_runtime, struct trace *t,
			    struct err *err) MUST_CHECK;
void fanotify_witness_free(struct fanotify_witness *w);
