/* cmd/interrupt.h - signals as file descriptors: a handler only makes one readable, nothing exits from it. */
#pragma once

#include "base/err.h"

/* Undoes settings of signals that slim inherited. SIGCHLD is not ignored, because the kernel then keeps no status of
 * children that have ended. None of slim's signals is blocked. SIGXFSZ is ignored, so a write beyond the limit of a
 * file's size fails with an error. Commands that slim runs get the defaults. */
void interrupt_undo_inherited(void);

/* From now on SIGINT, SIGTERM, SIGHUP and SIGXCPU ask slim to stop: the returned fd becomes readable and stays so. */
int interrupt_cancel_fd(struct err *err) MUST_CHECK;
/* Asks to stop (stop_request_timeout) once so many seconds have passed, and again whenever they have passed once more.
 * The second time bounds what is done although the time was over. 0 = never. Call interrupt_cancel_fd before. */
void interrupt_after(unsigned seconds);
/* Ends that, and takes the request back: what is still to be written is written. */
void interrupt_end_time(void);
/* SIGUSR1 makes the returned fd readable (--continue-after signal). */
int interrupt_continue_fd(struct err *err) MUST_CHECK;
