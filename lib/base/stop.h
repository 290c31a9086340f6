/* base/stop.h - the request to stop this process: the user's, or that of a time limit (--timeout). There is one request
 * for the whole process, as there is one signal behind it. So the lowest readers and writers (files, tars, compressors,
 * walks) can ask for it, and no loop above them has to. Code that cleans up after a failure must not ask. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* Returns a descriptor to poll: it becomes readable with the request, and stays so. Call it before the first request
 * may come; later calls return the same descriptor. */
int stop_open(struct err *err) MUST_CHECK;
/* What stop_open returned, or -1 if nobody called it. */
int stop_fd(void);
/* The user wants to stop; this is never taken back. Safe in a signal handler. Each request makes the descriptor
 * readable anew, for those who watch its edges. */
void stop_request(void);
/* The time limit is over: the same, but stop_resume takes it back. Safe in a signal handler. */
void stop_request_timeout(void);
/* Costs one load; safe in every thread. */
bool stop_requested(void);
/* Whether the time limit alone asks to stop, and not the user. */
bool stop_is_timeout(void);
/* Takes back the request of a time limit, for what must be done nevertheless. No thread that this request ended may
 * still run. */
void stop_resume(void);
/* 0, or ERR_CANCELLED once it was requested. */
int stop_check(struct err *err) MUST_CHECK;
/* For tests: as if nobody had requested it. */
void stop_forget(void);
