/* pipeline/conductor.h - runs the exercises in a thread of their own, inside the container's network
 * namespace, while the caller's loop watches the container. */
#pragma once

#include "pipeline/exercise.h"

struct conductor;
/* network_ns: fd, -1 = stay. target: copied; its exec, exec_ctx and progress are set here. cancel: as the
 * user's; the exercises also stop when conductor_stop is called. */
int conductor_start(const struct exercise *exercises, size_t n, const struct exercise_target *target, int network_ns,
		    const struct progress *progress, struct conductor **out, struct err *err) MUST_CHECK;

int conductor_fd(const struct conductor *c); /* readable: done, or an exec request waits */
/* Whether all exercises have ended. */
bool conductor_done(struct conductor *c);
/* The waiting exec request or NULL; answer it with conductor_exec_answer. */
char *const *conductor_exec_request(struct conductor *c);
/* status >= 0: the command's exit status; else why it could not run. answer: its output, taken over; may be NULL. */
void conductor_exec_answer(struct conductor *c, int status, struct exercise_answer *answer, const struct err *why);

/* Ask the exercises to stop (the container ended). */
void conductor_stop(struct conductor *c);
/* Wait for the thread; the log is handed over, the first error of an exercise returned. */
int conductor_join(struct conductor *c, struct exercise_log *log, struct err *err);
void conductor_free(struct conductor *c); /* stops and joins first, if need be */
static inline void conductor_freep(struct conductor **c)
{
	conductor_free(*c);
}
#define CLEANUP_CONDUCTOR CLEANUP(conductor_freep)
