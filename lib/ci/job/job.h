/* ci/job/job.h - the job of a CI system that slim may run in: which one it is, what its container lacks and how that is
 * given there, in that system's words. Pure: who asks brings the environment. */
#pragma once

#include <stdbool.h>

/* What is looked at. */
struct ci_job_environment {
	const char *(*get)(const char *name); /* a variable; NULL = there is none */
	bool (*exists)(const char *path);
};
extern const struct ci_job_environment ci_job_environment; /* this process's */

/* What is missing. */
enum ci_job_lack {
	CI_JOB_LACKS_RIGHTS, /* to make namespaces and mounts */
	CI_JOB_LACKS_VOLUME, /* a file system for the store that is not the container's own overlay */
};

/* One line without an end: how the job gets it. NULL = we are not in a container, as far as one can tell. */
const char *ci_job_advice(const struct ci_job_environment *env, enum ci_job_lack lack);

/* What a failure with this message id and text lacks. False: none of these. */
bool ci_job_lack_of(const char *id, const char *message, enum ci_job_lack *lack);

/* Directories that a CI system keeps for a job, and that lie on a volume if the job runs in a container: the i-th that
 * is told, from 0; NULL = there are no more. */
const char *ci_job_directory(const struct ci_job_environment *env, unsigned i);
