/* os/subproc.h - start a program, wait for it, never leave it behind.
 * Lifetime: subproc_start, then subproc_wait or subproc_done, which kills (SIGKILL, its whole
 * process group) and reaps what still runs. Not thread-safe per object. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/progress.h"

struct subproc_command {
	char *const *argv; /* argv[0] looked up in PATH */
	char *const *envp; /* NULL = ours */
	int dir_fd;        /* working directory; AT_FDCWD = ours */
	int in, out, err;  /* become fds 0, 1, 2; -1 = /dev/null; borrowed */
	bool new_session;  /* setsid: no terminal, signals of our group do not reach it */
	bool kill_group;   /* what it leaves running in its process group is killed when it has ended */
	/* Runs in the child before exec, async-signal-safe; a non-zero errno ends the child. May be NULL. */
	int (*prepare)(void *ctx);
	void *prepare_ctx;
	/* Runs here while the child waits, before its prepare and exec: to attach to it from birth. No signal of our
	 * group reaches it then. A negative
	 * code ends the child and is returned. May be NULL. */
	int (*attach)(void *ctx, pid_t pid, struct err *err);
	void *attach_ctx;
};

struct subproc {
	pid_t pid; /* 0 = none */
	int pidfd;
	bool kill_group;
};

/* Reports a failing exec here, not in the child: ERR_NOTFOUND when the program is missing. The child
 * gets SIGKILL when the calling thread dies, an empty signal mask and default signal actions. */
int subproc_start(const struct subproc_command *cmd, struct subproc *out, struct err *err) MUST_CHECK;

/* Wait until it ends, progress asks to stop (ERR_CANCELLED) or timeout_ms (-1 = none) is over
 * (ERR_TIMEOUT). *status: exit code, or 128 + signal. */
int subproc_wait(struct subproc *p, int timeout_ms, const struct progress *progress, int *status,
		 struct err *err) MUST_CHECK;

void subproc_done(struct subproc *p);

/* fork(2); the child has every signal blocked: one that is meant for us must not run our handlers in it, too. */
pid_t subproc_fork(void);
#define CLEANUP_SUBPROC CLEANUP(subproc_done)
