/* job/system.h - which CI system's job slim runs in, or else which container. Pure: who asks brings the environment. */
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
	/* No CI systems, but what may hold a job of one that is not known. */
	JOB_KUBERNETES,
	JOB_PODMAN,
	JOB_DOCKER,
};
#define JOB_SYSTEMS (JOB_DOCKER + 1)
#define JOB_SYSTEM_FORMS "auto, github, gitlab, azure, jenkins, tekton or none"
#define JOB_TEKTON_RESULTS "/tekton/results"

/* What is looked at. */
struct job_environment {
	const char *(*get)(void *ctx, const char *name); /* a variable; NULL = there is none */
	bool (*exists)(void *ctx, const char *path);
	void *ctx;
};
extern const struct job_environment job_environment; /* this process's */

/* The first that is told: a CI system's own runners may run on Kubernetes. */
enum job_system job_system_of(const struct job_environment *env);
/* Whether the environment tells of that one, too. */
bool job_system_is_told(const struct job_environment *env, enum job_system s);
const char *job_system_name(enum job_system s); /* "none", "github", ... */
/* Reads --ci, for which only CI systems count: auto looks into the environment. ERR_INVAL. */
int job_system_choose(const char *text, const struct job_environment *env, enum job_system *out,
		      struct err *err) MUST_CHECK;
