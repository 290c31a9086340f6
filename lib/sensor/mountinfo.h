/* sensor/mountinfo.h - the mounts of a process's mount namespace, and which of them a file lies on.
 * Spec: proc_pid_mountinfo(5), STATX_MNT_ID of statx(2). Private to lib/sensor/. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

struct mountinfo {
	int id;
	char device[32];      /* "major:minor" */
	char root[PATH_MAX];  /* what of its file system it shows */
	char point[PATH_MAX]; /* where, from the root of the namespace */
};

/* The id of the mount that the file of a directory fd and path (as statx takes them) is open on, or -1. */
int mountinfo_id(int dir, const char *path);

/* The mount with that id: false when the namespace of the process has none, or the process is gone. A root of its
 * own does not matter: all of the namespace is searched. */
bool mountinfo_find(pid_t tid, int id, struct mountinfo *out);

/* From a path (absolute in the namespace) that lies on the mount to the same in its file system. False when it
 * is not below the mount's point. */
bool mountinfo_map(const struct mountinfo *m, const char *path, struct buf *out);
