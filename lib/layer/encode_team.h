/* layer/encode_team.h - the threads of a compression method, with one lock; only the methods' files include this.
 * A block of a slow level takes seconds. A wait for the threads ends when the user stops (base/stop.h). The method is
 * then left to its threads; the last of them frees it, unless the process ends sooner.
 * Shape: _init; _start; the threads wait for `asked` and end once `leave` is set; the owner waits with _wait; _leave.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define LAYER_TEAM_MAX 4 /* threads */

struct layer_team {
	pthread_mutex_t lock;
	pthread_cond_t asked, done; /* signalled by the method: there is work; some of it is done */
	bool leave;                 /* tells the threads to end; under the lock */
	size_t n_threads;           /* that were started */
	/* Private. */
	pthread_t threads[LAYER_TEAM_MAX];
	size_t n_alive;  /* under the lock */
	bool left_alone; /* under the lock */
	void (*work)(void *ctx), (*free)(void *ctx);
	void *ctx;
};

/* The team is a member of ctx, the method. work: the function of a thread, which runs until leave is set; called
 * without the lock. free: releases ctx once no thread uses it; called once, by _leave or in a thread. */
void layer_team_init(struct layer_team *t, void (*work)(void *ctx), void (*free)(void *ctx), void *ctx);
/* Starts up to n threads, which take no signals. The system may allow fewer, or not a single one. */
void layer_team_start(struct layer_team *t, size_t n);
/* With the lock held: waits for `done`, but at most a moment, so look again for what was waited for. ERR_CANCELLED once
 * the user stops. */
int layer_team_wait(struct layer_team *t, struct err *err) MUST_CHECK;
/* Ends the threads and frees ctx. Waits for them unless the user stops. */
void layer_team_leave(struct layer_team *t);
