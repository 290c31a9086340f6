/* store/runs.h - the directory of one run, STORE/runs/ID. It is removed with everything in it when the run ends.
 * ID/lock is flock'ed while the run lives. A killed run leaves its directory: the next store_runs_reap of any process
 * runs the commands that it left in ID/undo, removes the cgroups of its containers, and the directory. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"

struct store_run {
	char *path, *id; /* id: 16 hex digits; its containers are named slim-ID-NAME */
	int fd, lock_fd;
};

/* A new one. store, path: the directory of the store, which has a directory runs. */
int store_runs_add(int store, const char *path, struct store_run *out, struct err *err) MUST_CHECK;
void store_run_done(struct store_run *r);

/* Remember a command (argv) that must run before this run's directory may be removed if we are killed,
 * such as `runc delete --force ID`. They are run, their failures ignored, by whoever cleans up. */
int store_run_undo(struct store_run *r, const struct strlist *argv, struct err *err) MUST_CHECK;

/* Removes the runs of this store that nobody lives in. */
void store_runs_reap(int store, const char *path);
