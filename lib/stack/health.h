/* stack/health.h - the health of a container, as an engine sees it: a command inside that succeeds.
 * Spec: Compose Specification, healthcheck; Docker's HEALTHCHECK. */
#pragma once

#include <stdint.h>

#include "compose/project.h"
#include "exercise/exercise.h"

/* What is run, and how often. Times are milliseconds. */
struct stack_health {
	struct strlist argv; /* none = there is no check */
	uint64_t interval, start_period, start_interval;
	unsigned retries;
};

/* check: of the service, NULL = the image's. *out: stack_health_done. */
void stack_health_fill(const struct compose_healthcheck *check, const struct oci_image_config *config,
		       struct stack_health *out);
/* Runs the command until it succeeds. stop: fd that is readable once nobody waits any more. Returns 1 = it is healthy,
 * 0 = nobody waits, ERR_UNPROVEN after as many failures as an engine takes for "unhealthy". */
int stack_health_await(const struct stack_health *h, const struct exercise_target *t, int stop,
		       struct err *err) MUST_CHECK;
void stack_health_done(struct stack_health *h);
