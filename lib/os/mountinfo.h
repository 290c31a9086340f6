/* os/mountinfo.h - the mounts of a process's mount namespace, and which of them a file lies on.
 * Spec: proc_pid_mountinfo(5), STATX_MNT_ID of statx(2). */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/strlist.h"

/* One mount. Its strings lie in line. All zero stands for no mount. */
struct mountinfo {
	int id;
	const char *device;  /* "major:minor" */
	const char *root;    /* the directory of its file system that it shows */
	const char *point;   /* where, from the root of who reads the table */
	const char *options; /* of this mount, with commas between; "" if the line has none */
	const char *type;    /* of the file system; "" if the line has none */
	char *line;
	size_t cap;
};
void mountinfo_done(struct mountinfo *m);
#define CLEANUP_MOUNTINFO CLEANUP(mountinfo_done)

/* Reads the next mount of an open table into m, which may hold the one before. False at the end. */
bool mountinfo_next(FILE *table, struct mountinfo *m);

/* Whether a mount has the option. */
bool mountinfo_has_option(const struct mountinfo *m, const char *option);

/* The id of the mount that the file of a directory fd and path (as statx takes them) is open on, or -1. */
int mountinfo_id(int dir, const char *path);

/* The mount with that id in the namespace of a thread; its point is a path from the root of the namespace. False if the
 * namespace has none, or the thread is gone. If the thread has a root of its own, all of the namespace is searched all
 * the same. */
bool mountinfo_find(pid_t tid, int id, struct mountinfo *out);

/* Maps a path (absolute in the namespace) that lies on the mount to a path of its file system. False if it is not below
 * the mount's point. */
bool mountinfo_map(const struct mountinfo *m, const char *path, struct buf *out);

/* Adds the points of our own mounts at dir and below it, in the order of mounting. -1 if they cannot be read. */
int mountinfo_below(const char *dir, struct strlist *out);
