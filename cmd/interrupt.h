/* cmd/interrupt.h - signals as file descriptors: a handler only makes one readable, nothing exits from it. */
#pragma once

#include "base/err.h"

/* What whoever started slim decided about signals, and slim depends on. SIGCHLD is not ignored: else the kernel keeps
 * no status of children that have ended. None of slim's signals is blocked. SIGXFSZ is ignored: what goes beyond the
 * limit of a file's size is an error of the write. Commands that slim runs get the defaults. */
void interrupt_undo_inherited(void);

/* SIGINT, SIGTERM, SIGHUP and SIGXCPU from now on ask to stop: the returned fd becomes readable and stays so. */
int interrupt_cancel_fd(struct err *err) MUST_CHECK;
/* SIGUSR1 makes the returned fd readable (--continue-after signal). */
int interrupt_continue_fd(struct err *err) MUST_CHECK;
