/* ci/output/system.h - which CI system a build runs in, and which files the system said to write. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

enum ci_system {
	CI_SYSTEM_NONE,
	CI_SYSTEM_GITHUB,
	CI_SYSTEM_GITLAB,
	CI_SYSTEM_AZURE,
	CI_SYSTEM_JENKINS,
	CI_SYSTEM_TEKTON,
};
#define CI_SYSTEM_FORMS "auto, github, gitlab, azure, jenkins, tekton or none"
#define CI_SYSTEM_TEKTON_RESULTS "/tekton/results"

/* The environment, for tests. */
struct ci_environment {
	const char *(*get)(void *ctx, const char *name); /* NULL = there is no such variable */
	bool (*is_directory)(void *ctx, const char *path);
	void *ctx;
};

const char *ci_system_name(enum ci_system s); /* "none", "github", ... */
/* Reads --ci: auto looks into the environment. ERR_INVAL. */
int ci_system_choose(const char *text, const struct ci_environment *env, enum ci_system *out,
		     struct err *err) MUST_CHECK;
