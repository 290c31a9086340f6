/* stack/mounts.h - the mounts of a service: its volumes, configs and secrets, and its init. Private to lib/stack/. */
#pragma once

#include "compose/project.h"
#include "runtime/bundle_options.h"
#include "stack/volumes.h"

struct stack_mounts {
	const struct compose_service *service;
	struct runtime_bundle_mount *items; /* those of service->mounts first, in their order */
	char **volumes;                     /* of each the key of its volume; NULL = it is none */
	size_t count;
	const char *init; /* the program of `init: true`, in the container; NULL = none */
};

/* *out is valid in any case. ERR_UNSUPPORTED: slim does not give a container such a mount. */
int stack_mounts_fill(const struct compose_project *p, const struct compose_service *s, struct stack_volumes *volumes,
		      struct stack_mounts *out, struct err *err) MUST_CHECK;
/* Fills the volumes of the service from its image. root: fd of the mounted image. */
int stack_mounts_fill_volumes(const struct stack_mounts *m, struct stack_volumes *volumes, int root,
			      struct err *err) MUST_CHECK;
void stack_mounts_done(struct stack_mounts *m);
