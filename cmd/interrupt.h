/* cmd/interrupt.h - signals as file descriptors: a handler only makes one readable, nothing exits from it. */
#pragma once

#include "base/err.h"

/* SIGINT, SIGTERM and SIGHUP from now on ask to stop: the returned fd becomes readable and stays so. */
int interrupt_cancel_fd(struct err *err) MUST_CHECK;
/* SIGUSR1 makes the returned fd readable (--continue-after signal). */
int interrupt_continue_fd(struct err *err) MUST_CHECK;
