/* stack/plan.h - which services of a project run beside the one that is recorded, and in which order. */
#pragma once

#include "compose/project.h"

/* Which services run. All zero: those that the target depends on, and what these depend on. */
struct stack_choice {
	const struct strlist *include; /* more of them, with what they depend on; NULL = none */
	const struct strlist *exclude; /* without these; NULL = none */
	const struct strlist
	    *drivers;     /* these drive the target: they run once it is ready, to their end; NULL = none */
	bool exclude_all; /* without any */
};

struct stack_plan {
	size_t target;    /* index of the project's services */
	size_t *services; /* of the others that run, what others depend on first */
	size_t count;
};

/* ERR_NOTFOUND: there is no such service. ERR_INVAL: services depend on each other in a circle. */
int stack_plan_make(const struct compose_project *p, const char *target, const struct stack_choice *choice,
		    struct stack_plan *out, struct err *err) MUST_CHECK;
void stack_plan_done(struct stack_plan *p);
#define CLEANUP_STACK_PLAN CLEANUP(stack_plan_done)
