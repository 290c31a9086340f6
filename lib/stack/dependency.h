/* stack/dependency.h - the container of one service, which runs in a thread of its own beside the recorded one.
 * Lifetime: _start; _stop, then _join; all from one thread. */
#pragma once

#include "run/record.h"
#include "stack/health.h"

/* Borrowed until _join has returned. */
struct stack_dependency_work {
	const char *service;
	struct store_run *dir;
	const char *name; /* of the run, unique in dir */
	const struct run_image *image;
	const struct run_options *options; /* without exercises, until, continue_fd and may_exit, which are its own */
	const struct stack_health *health;
	int changed; /* eventfd that is told of each change of the state */
};

enum stack_state {
	STACK_STARTING,
	STACK_STARTED,
	STACK_HEALTHY, /* or started, if there is no health check */
	STACK_ENDED,   /* by itself, or because it failed */
};

struct stack_dependency;
int stack_dependency_start(const struct stack_dependency_work *work, struct stack_dependency **out,
			   struct err *err) MUST_CHECK;
enum stack_state stack_dependency_state(struct stack_dependency *d);
/* Whether condition holds: 1, 0 = not yet. An error if it never will: "service db: ..", with the last lines that it
 * printed. */
int stack_dependency_meets(struct stack_dependency *d, enum compose_condition condition, struct err *err) MUST_CHECK;
int stack_dependency_status(struct stack_dependency *d); /* once it has ended; -1 = it did not run */
/* Asks it to stop, as an engine does. */
void stack_dependency_stop(struct stack_dependency *d);
/* Kills it: the user does not wait. */
void stack_dependency_kill(struct stack_dependency *d);
/* Waits until nothing of it is left, and frees it. An error if it ended before it was asked to, and not with status 0.
 */
int stack_dependency_join(struct stack_dependency *d, struct err *err);
