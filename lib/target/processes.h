/* target/processes.h - which processes belong to a service that runs already. */
#pragma once

#include "target/service.h"

/* Lists the first process, all that it started, and all in its pid namespace if that is not slim's own. Commands that
 * were started in a container later are in that namespace. By number; free(). */
pid_t *target_processes(const struct target_service *s, size_t *n);
