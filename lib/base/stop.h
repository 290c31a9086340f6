/* base/stop.h - the user's request to stop this process. There is one request for the whole process, as there is one
 * signal behind it. So the lowest readers and writers (files, tars, compressors, walks) can ask for it, and no loop
 * above them has to. A request is not taken back. Code that cleans up after a failure must not ask. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* Returns a descriptor to poll: it becomes readable with the request, and stays so. Call it before the first request
 * may come; later calls return the same descriptor. */
int stop_open(struct err *err) MUST_CHECK;
/* What stop_open returned, or -1 if nobody called it. */
int stop_fd(void);
/* Safe in a signal handler. Each request makes the descriptor readable anew, for who watches its edges. */
void stop_request(void);
/* Costs one load; safe in every thread. */
bool stop_requested(void);
/* 0, or ERR_CANCELLED once it was requested. */
int stop_check(struct err *err) MUST_CHECK;
/* For tests: as if nobody had requested it. */
void stop_forget(void);
