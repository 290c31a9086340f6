/* stack/settings.h - a service of a project as a container of slim: what `docker compose run` would give it. */
#pragma once

#include "compose/project.h"
#include "run/options.h"
#include "stack/mounts.h"

struct stack_settings {
	const struct compose_service *service;
	struct runtime_bundle_options bundle; /* without its network; borrows the project and what follows */
	struct oci_runtime_spec_rlimit *rlimits;
	struct strlist entrypoint, env, hosts, capabilities, dropped;
	struct stack_mounts mounts;
	struct runtime_bundle_mount *joined; /* with the user's, of stack_settings_use; borrows their strings */
};

/* *out is valid in any case, and must stay where it is. ERR_UNSUPPORTED: the service wants what slim does not give a
 * container. */
int stack_settings_fill(const struct compose_project *p, const struct compose_service *s, struct stack_volumes *volumes,
			struct stack_settings *out, struct err *err) MUST_CHECK;
/* Adds to options what the service has and the user did not set for slim. Afterwards options borrow from s. */
void stack_settings_use(struct stack_settings *s, struct run_options *options);
void stack_settings_done(struct stack_settings *s);
