/* job/system.h - detects the CI system whose job slim runs in, or the kind of container. Pure: the caller passes the
 * environment. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

enum job_system {
	JOB_NONE,
	JOB_GITHUB,
	JOB_GITLAB,
	JOB_AZURE,
	JOB_JENKINS,
	JOB_TEKTON,
	/* Not CI systems: containers that may hold a job of an unknown system. */
	JOB_KUBERNETES,
	JOB_PODMAN,
	JOB_DOCKER,
};
#define JOB_SYSTEMS (JOB_DOCKER + 1)
#define JOB_SYSTEM_FORMS "auto, github, gitlab, azure, jenkins, tekton or none"
#define JOB_TEKTON_RESULTS "/tekton/results"

/* The environment that is examined. */
struct job_environment {
	const char *(*get)(void *ctx, const char *name); /* a variable; NULL = not set */
	bool (*exists)(void *ctx, const char *path);
	void *ctx;
};
extern const struct job_environment job_environment; /* this process's */

/* The first that is detected: the runners of a CI system may run on Kubernetes. */
enum job_system job_system_of(const struct job_environment *env);
/* True if that one is detected, whether or not another is, too. */
bool job_system_is_told(const struct job_environment *env, enum job_system s);
const char *job_system_name(enum job_system s); /* "none", "github", ... */
/* Parses --ci, which only takes CI systems; auto examines the environment. ERR_INVAL. */
int job_system_choose(const char *text, const struct job_environment *env, enum job_system *out,
		      struct err *err) MUST_CHECK;
