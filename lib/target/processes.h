/* target/processes.h - which processes belong to a service that runs already. */
#pragma once

#include "target/service.h"

/* The first one, all that it started, and all in its pid namespace, if that is not ours: what was put into a container
 * later is in that. By number; free(). */
pid_t *target_processes(const struct target_service *s, size_t *n);
