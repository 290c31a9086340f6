/* pipeline/conductor.h - runs the exercises in a thread inside the container's network namespace, while the caller's
 * loop watches the container. */
#pragma once

#include "pipeline/exercise.h"

struct conductor;
/* network_ns: fd, -1 = the caller's. target: copied; its exec, exec_ctx and progress are set here. The exercises stop
 * when conductor_stop is called; a request of the user to stop does not reach them directly. */
int conductor_start(const struct exercise *exercises, size_t n, const struct exercise_target *target, int network_ns,
		    const struct progress *progress, struct conductor **out, struct err *err) MUST_CHECK;

int conductor_fd(const struct conductor *c); /* readable: done, or an exec request waits */
/* Whether all exercises have ended. Resets conductor_fd. */
bool conductor_done(struct conductor *c);
/* The waiting exec request or NULL; answer it with conductor_exec_answer. */
char *const *conductor_exec_request(struct conductor *c);
/* status >= 0: the command's exit status; else why it could not run. answer: its output, taken over; may be NULL. */
void conductor_exec_answer(struct conductor *c, int status, struct exercise_answer *answer, const struct err *why);

/* Asks the exercises to stop, because the container ended. */
void conductor_stop(struct conductor *c);
/* Waits for the thread and hands the log over. Returns the first error of an exercise. */
int conductor_join(struct conductor *c, struct exercise_log *log, struct err *err);
void conductor_free(struct conductor *c); /* stops and joins first, if need be */
static inline void conductor_freep(struct conductor **c)
{
	conductor_free(*c);
}
#define CLEANUP_CONDUCTOR CLEANUP(conductor_freep)
