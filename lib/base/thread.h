/* base/thread.h - starts a thread that takes no signals: they stay with the threads that were there before. */
#pragma once

#include <pthread.h>

#include "base/err.h"

/* As pthread_create: 0, or an errno. The thread has all signals blocked from its first moment, and so have those that
 * it starts. The caller joins or detaches it. */
int thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg) MUST_CHECK;
