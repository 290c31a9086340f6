/* runtime/runtime.h - finds the OCI runtime, a program, and builds its command lines.
 * Spec: runtime-spec 1.0.2 (runtime.md), the command line that runc and crun share. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"
#include "runtime/cgroups.h"

struct runtime {
	char *path;                                              /* absolute */
	enum { RUNTIME_RUNC, RUNTIME_CRUN, RUNTIME_OTHER } kind; /* other: called as runc is */
	char *state_dir;                                         /* --root */
	struct strlist env;                                      /* of its process; empty = ours */
	struct runtime_cgroups cgroups;                          /* from runtime_prepare on */
};

/* wanted: a program name or path, NULL = runc, then crun, of PATH (and the sbin directories).
 * ERR_NOTFOUND says what to install. state_dir: a directory of this run, made by the runtime in one that exists. */
int runtime_find(const char *wanted, const char *state_dir, struct runtime *out, struct err *err) MUST_CHECK;
void runtime_done(struct runtime *r);
/* The absolute path of a program, which is a path or a name of PATH or the sbin directories; free(). NULL = not
 * found, or not executable. */
char *runtime_program(const char *name);

/* Looks at the machine's cgroups and makes the process's private mount namespace one that the runtime can work in (crun
 * 1.8 refuses the hybrid cgroup mount). Call after runtime_mounts_isolate. ERR_UNSUPPORTED: it needs cgroups. */
int runtime_prepare(struct runtime *r, struct err *err) MUST_CHECK;
/* Whether a container needs runtime_nodev_hook. It does if the runtime loses the flag, or if directories of the machine
 * are bound, which may hold mounts. */
bool runtime_loses_nodev(const struct runtime *r, bool has_binds);

/* argv of `run`, of `exec --process FILE`, of `delete --force`; appended to out. The container's output goes to the
 * runtime's own fds 1 and 2; `run` stays until the container ends and exits as it did.
 * `delete` ends the container if it still runs, also if the runtime itself was killed. Wait for `run` before: while
 * `run` still cleans up, `delete` may fail without a reason. crun writes its state only after it has started the
 * container. Before that, exec and delete do not find the container. If you kill crun so early, kill the container's
 * processes too. */
void runtime_run_argv(const struct runtime *r, const char *bundle, const char *id, struct strlist *out);
void runtime_exec_argv(const struct runtime *r, const char *id, const char *process_file, struct strlist *out);
void runtime_delete_argv(const struct runtime *r, const char *id, struct strlist *out);
