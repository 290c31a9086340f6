/* stack/options.h - what a stack is made of. */
#pragma once

#include "run/record.h"
#include "stack/plan.h"

/* A service that runs, and its image. Borrowed. */
struct stack_member {
	struct store_run *dir; /* of its own */
	const struct run_image *image;
	int log_fd;
};

struct stack_options {
	const struct compose_project *project;
	const struct stack_plan *plan;
	const struct stack_member *members; /* of plan->services, in their order */
	const struct strlist *drivers;      /* see struct stack_choice */
	struct store_run *dir;              /* for the volumes */
	/* What the target's runs have: the runtime, the sensor, the way to the outside. */
	const struct run_options *target;
};
