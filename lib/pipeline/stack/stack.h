/* pipeline/stack/stack.h - the images of the services that run beside a recorded one, fetched and unpacked, and the
 * stack that is made of them. */
#pragma once

#include "pipeline/session.h"
#include "stack/stack.h"

struct pipeline_stack_options {
	const struct compose_project *project;
	const char *target; /* the service that is recorded */
	struct stack_choice choice;
	struct pipeline_stack *stack; /* while it is open; at first NULL */
};

/* options: a struct pipeline_stack_options. s: the session of the target, whose access and store are used. target: the
 * options of its runs, which borrow from the stack afterwards. For pipeline_session_options. */
int pipeline_stack_open(void *options, struct pipeline_session *s, struct run_options *target,
			struct err *err) MUST_CHECK;
void pipeline_stack_close(void *options); /* after the last run, and before the session is done */
/* The image that a service names, or the one that an engine built for it; free(). */
char *pipeline_stack_image(const struct compose_project *p, const struct compose_service *service);
