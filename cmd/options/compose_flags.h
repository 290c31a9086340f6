/* cmd/options/compose_flags.h - the options for a service of a compose file, and the services that run beside it. */
#pragma once

#include "cmd/options/option.h"
#include "pipeline/session.h"
#include "pipeline/stack/stack.h"

/* A member of container_flags. */
struct compose_flags {
	const char *target, *project_name, *workdir;
	struct strlist files, env_files, profiles, include, exclude, drivers;
	bool exclude_all, no_host_env;
};

extern const struct option_group compose_flags_group;

void compose_flags_done(struct compose_flags *f);

/* The project that was read. All zero: no service is named. */
struct compose_plan {
	struct compose_project project;
	struct strlist wanted;
	struct pipeline_stack_options stack;
	char *source; /* the service's image */
};

/* Reads the files, if --target-compose-svc is given. ERR_INVAL, ERR_NOTFOUND. */
int compose_plan_init(struct compose_plan *p, const struct compose_flags *f, struct err *err) MUST_CHECK;
/* Adds the ports of the service to those that slim waits for. o borrows p. */
int compose_plan_use(struct compose_plan *p, struct pipeline_session_options *o, struct oci_port **expose,
		     size_t *n_expose, struct err *err) MUST_CHECK;
/* The health check of the service, as Healthcheck.Test; empty = it has none; NULL = that of its image. */
const struct strlist *compose_plan_check(const struct compose_plan *p);
void compose_plan_done(struct compose_plan *p);
